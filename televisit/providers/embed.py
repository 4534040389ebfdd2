"""The classic OpenTok embed: a frame with a room for each visit, and nothing that a server could ask or tell.

Who knows the address may come in: so it holds what cannot be guessed, and only admitted people are given it. Taking
the frame away is the only end. Source: the snippet that OpenTok gave to customers. Not verified: whether it is still
served.
"""

from datetime import datetime
from urllib.parse import urlencode

from django.utils.crypto import salted_hmac
from django.utils.translation import gettext_lazy as _

from .base import Entry, Field, Person, Policy, Provider, Room, RoomOrder
from .errors import BadAccount
from .http import Api, origin_of

ADDRESS = "https://tokbox.com"
PATH = "/embed/embed/ot-embed.js"


class OpenTokEmbed(Provider):
    name = "opentok-embed"
    label = _("OpenTok embed (classic)")
    most_people = 3
    puts_people_out = False
    credential_fields = (Field("embed_id", _("Embed ID"), help=_("From the snippet: what stands after “embedId=”.")),)

    def create_room(self, order: RoomOrder) -> Room:
        secret = salted_hmac("televisit.providers.embed", order.name, algorithm="sha256").hexdigest()[:32]
        name = f"{order.name}-{secret}"
        return Room(name, f"{self._address}{PATH}?{self._query(name)}")

    def join(self, room: Room, person: Person, *, at: datetime, until: datetime) -> Entry:
        return Entry(self.name, "iframe", room.url, "", until)

    def extend(self, room: Room, until: datetime) -> None:
        """A room has no hours."""

    def end(self, room: Room) -> None:
        """The page takes the frame away, and nobody is given the address any more."""

    def remove(self, room: Room, person_uid: str) -> None:
        """The page takes the frame away."""

    def policy(self, room: Room) -> Policy:
        return Policy({"frame-src": [origin_of(self._address)]}, camera_origins=[origin_of(self._address)])

    def check(self) -> None:
        """Whether the embed is still served. It says nothing of whether the ID is right: only a room shows that."""
        if not self.account.credentials["embed_id"].replace("-", "").isalnum():
            raise BadAccount(_("This is no embed ID: copy what stands between “embedId=” and “&” in the snippet."))
        Api(self._address, dict).fetch(f"{PATH}?{self._query('check')}")

    @property
    def _address(self) -> str:
        return self.account.base_url or ADDRESS

    def _query(self, room: str) -> str:
        return urlencode({"embedId": self.account.credentials["embed_id"], "room": room, "iframe": "true"})
