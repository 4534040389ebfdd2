"""Vonage's sessions, which its classic environment (opentok.py) and its unified one (vonage.py) have in common.

A session has no name, no hours and no end; what ends is who is connected. Source: the OpenTok SDKs for Python and .NET,
and https://tokbox.com/developer/guides/session-monitoring. Not verified with an account: the claim `payload_hash` in
signed callbacks, and what the list of connections holds.
"""

from abc import abstractmethod
from collections.abc import Mapping
from datetime import datetime, timedelta
from typing import Any, ClassVar
from urllib.parse import quote

from django.core.cache import cache
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from . import webhooks
from .base import Entry, Event, EventKind, Field, Person, Policy, Provider, Room, RoomOrder
from .errors import BadSignature, RoomGone
from .http import Api, origin_of, rows_at, text_at, websocket_of, with_facts

PASS_LIFE = timedelta(minutes=10)  # it is looked at when somebody connects, and never again
SECONDS_REMEMBERED = 24 * 60 * 60
DELIVERED_WITHIN = timedelta(hours=24)
HOSTS = ("*.opentok.com", "*.tokbox.com", "*.vonage.com")
KINDS = {
    "sessionCreated": EventKind.STARTED,
    "sessionDestroyed": EventKind.ENDED,
    "connectionCreated": EventKind.JOINED,
    "connectionDestroyed": EventKind.LEFT,
}
SIGNATURE_SECRET = Field(
    "signature_secret",
    _("Signature secret"),
    help=_("Of the callbacks for session monitoring, set in Vonage’s dashboard. Without it nothing is accepted."),
    is_required=False,
)
UNHASHED = Field(
    "accepts_unhashed",
    _("Accept callbacks whose signature leaves out the content"),
    is_secret=False,
    help=_("Write “yes” only if Vonage’s callbacks are refused without it."),
    is_required=False,
)


class Sessions(Provider):
    """What both environments have in common."""

    most_people = 20
    follows = frozenset({"start_muted", "start_camera_off", "show_names"})
    has_own_page = False
    address: ClassVar[str]
    script: ClassVar[str]
    script_integrity: ClassVar[str] = ""

    def create_room(self, order: RoomOrder) -> Room:
        """The session that was made for this name. If two are made at once, nobody enters the second."""
        key = f"televisit.session:{self.name}:{self._project}:{order.name}"
        session = cache.get(key)
        if session is None:
            life = max(60, int((order.expires_at - timezone.now()).total_seconds()))
            made = self._make_session()
            session = made if cache.add(key, made, life) else cache.get(key, made)
        return Room(session, self._script_address)

    def join(self, room: Room, person: Person, *, at: datetime, until: datetime) -> Entry:
        """The address is the script's; after its # stand what the script needs beside the token."""
        ends_at = min(until, at + PASS_LIFE)
        role = "moderator" if person.is_host else "publisher"
        token = self._client_token(room.name, person.uid, role, at=at, ends_at=ends_at)
        facts = {"project": self._project, "session": room.name, "name": person.shown_name}
        facts["integrity"] = "" if self.account.base_url else self.script_integrity
        address = with_facts(self._script_address, **facts, **self.account.options.at_start())
        return Entry(self.name, "sdk", address, token, ends_at, module="embeds/opentok.js")

    def extend(self, room: Room, until: datetime) -> None:
        """A session has no hours."""

    def end(self, room: Room) -> None:
        """Everybody is put out; nobody gets a new pass, and the last one is good for ten minutes."""
        self._disconnect(room, self._connections(room))

    def remove(self, room: Room, person_uid: str) -> None:
        """Their connections are those that a callback named. Who cannot be told apart goes too, and may come again."""
        connections = self._connections(room)
        holders = cache.get_many([_key_of(connection) for connection in connections])
        self._disconnect(room, [name for name in connections if holders.get(_key_of(name), person_uid) == person_uid])

    def parse_webhook(self, headers: Mapping[str, str], body: bytes, *, at: datetime) -> list[Event]:
        webhooks.refuse_large(body)
        token = webhooks.header(headers, "Authorization").removeprefix("Bearer ")
        secret = self.account.credentials.get("signature_secret", "")
        claims = webhooks.signed_claims(token, secret, at=at, window=DELIVERED_WITHIN)
        if "payload_hash" in claims or not self._accepts_unhashed:
            webhooks.refuse_unequal(str(claims.get("payload_hash")), webhooks.sha256(body).hex())
        message = webhooks.parsed(body)
        if self._project not in [message.get("projectId"), message.get("applicationId")]:
            raise BadSignature
        event = _event(message, at)
        _remember(event, webhooks.part(message, "connection"))
        return [event]

    def policy(self, room: Room) -> Policy:
        if self.account.base_url:
            origin = origin_of(self.account.base_url)
            return Policy({"script-src": [self._script_address], "connect-src": [origin, websocket_of(origin)]})
        return Policy(
            {
                "script-src": [self._script_address],
                "connect-src": [f"{scheme}://{host}" for scheme in ("https", "wss") for host in HOSTS],
                "style-src": ["https://static.opentok.com"],
                "img-src": ["data:", "blob:"],
                "worker-src": ["blob:"],
            }
        )

    def check(self) -> None:
        """A session that nobody enters costs nothing and leaves nothing."""
        api = self._api
        self._make_session(api)
        api.refuse_wrong_clock()

    @property
    @abstractmethod
    def _project(self) -> str:
        """The API key, or the application."""

    @abstractmethod
    def _call_headers(self) -> Mapping[str, str]:
        """What proves to the service who calls."""

    @abstractmethod
    def _client_token(self, session: str, person_uid: str, role: str, *, at: datetime, ends_at: datetime) -> str:
        """What a browser connects with; `person_uid` comes back in the callbacks."""

    @property
    def _api(self) -> Api:
        return Api(
            self.account.base_url or self.address, lambda: {"Accept": "application/json", **self._call_headers()}
        )

    @property
    def _script_address(self) -> str:
        return f"{self.account.base_url}/opentok.js" if self.account.base_url else self.script

    @property
    def _accepts_unhashed(self) -> bool:
        return self.account.credentials.get("accepts_unhashed", "").lower() == "yes"

    def _make_session(self, api: Api | None = None) -> str:
        """A routed session: a relayed one cannot be recorded, and fails behind strict firewalls."""
        form = {"p2p.preference": "disabled", "archiveMode": "manual"}
        answer = (api or self._api).call("POST", "/session/create", data=form)
        return text_at(answer, 0, "session_id")

    def _connections(self, room: Room) -> list[str]:
        try:
            answer = self._api.get(self._path(room, "connection"))
        except RoomGone:
            return []
        return [text_at(row, "connectionId") for row in rows_at(answer, "items")]

    def _disconnect(self, room: Room, connections: list[str]) -> None:
        for connection in connections:
            try:
                self._api.call("DELETE", self._path(room, "connection", connection))
            except RoomGone:  # left by themselves meanwhile
                continue

    def _path(self, room: Room, *steps: str) -> str:
        return "/".join(
            ["/v2/project", *(quote(step, safe="") for step in [self._project, "session", room.name, *steps])]
        )


def _key_of(connection: str) -> str:
    return f"televisit.connection:{webhooks.sha256(connection.encode()).hex()}"


def _remember(event: Event, connection: dict[str, Any]) -> None:
    """Whose connection it is, for the day on which they may have to be put out."""
    name = webhooks.text(connection, "id", limit=255)
    if event.kind == EventKind.JOINED and name:
        cache.set(_key_of(name), event.person_uid, SECONDS_REMEMBERED)


def _event(message: dict[str, Any], at: datetime) -> Event:
    """The callbacks have no identifier: what happened, to what, and when makes one."""
    raw_kind, room = webhooks.text(message, "event", limit=80), webhooks.text(message, "sessionId", limit=255)
    connection = webhooks.part(message, "connection")
    stream = webhooks.part(message, "stream")
    facts = [raw_kind, room, connection.get("id"), stream.get("id"), message.get("id"), message.get("status")]
    return Event(
        key=webhooks.sha256(repr([*facts, message.get("timestamp")]).encode()).hex(),
        kind=KINDS.get(raw_kind, EventKind.OTHER),
        room=room,
        person_uid=webhooks.text(connection, "data", limit=64),
        at=webhooks.told_at(message.get("timestamp"), at),
        raw_kind=raw_kind,
    )
