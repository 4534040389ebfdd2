"""Our own rooms: browsers meet peer to peer, our sockets only introduce them."""

import base64
import hashlib
import hmac
from datetime import datetime, timedelta
from typing import TYPE_CHECKING, Any

from django.conf import settings
from django.utils.translation import gettext_lazy as _

from .base import Entry, Person, Policy, Provider, Room, RoomOrder

if TYPE_CHECKING:
    from televisit.models import Participant


class OwnRooms(Provider):
    """The room's address is the visit's socket; the token opens it for programs, which have no session.

    The room is where the visit is: it opens, extends and ends with it, and the socket puts people out.
    """

    name = "webrtc"
    label = _("The portal’s own rooms")
    has_own_page = False
    most_people = 4  # every browser sends its picture to each of the others

    def create_room(self, order: RoomOrder) -> Room:
        return Room(order.name)

    def join(self, room: Room, person: Person, *, at: datetime, until: datetime) -> Entry:
        from televisit.models import Participant
        from televisit.tokens import seat_token

        seat = Participant.objects.select_related("visit", "user").get(uid=person.uid)
        return Entry(
            provider=self.name,
            kind="webrtc",
            url=f"{settings.PUBLIC_URL.replace('http', 'ws', 1)}/ws/visits/{seat.visit.code}/",
            token=seat_token(seat),
            expires_at=until,
            ice_servers=relays(seat, at=at),
        )

    def extend(self, room: Room, until: datetime) -> None:
        """The visit's own hours say it."""

    def end(self, room: Room) -> None:
        """The visit's own end says it."""

    def remove(self, room: Room, person_uid: str) -> None:
        """The seat's own removal says it."""

    def policy(self, room: Room) -> Policy:
        return Policy()

    def check(self) -> None:
        """There is nobody to ask."""


def relays(seat: "Participant", *, at: datetime) -> list[dict[str, Any]]:
    """The media servers for `seat`. Who waits gets none: a relay is not for people whom the doctor has not let in."""
    if not seat.is_admitted:
        return []
    until = min(at + timedelta(seconds=settings.TURN_SECONDS), seat.visit.expires_at)
    return ice_servers(seat.uid, until=until)


def ice_servers(name: str, *, until: datetime) -> list[dict[str, Any]]:
    """RTCIceServer entries for `name`, with credentials that the TURN server refuses after `until`.

    Source: "A REST API For Access To TURN Services" (draft-uberti-behave-turn-rest-00), as coturn's
    use-auth-secret does it.
    """
    if not settings.TURN_URLS:
        return []
    username = f"{int(until.timestamp())}:{name}"
    digest = hmac.new(settings.TURN_SECRET.encode(), username.encode(), hashlib.sha1).digest()
    return [{"urls": settings.TURN_URLS, "username": username, "credential": base64.b64encode(digest).decode()}]
