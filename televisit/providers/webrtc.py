"""Our own rooms: browsers meet peer to peer, our sockets only introduce them."""

import base64
import hashlib
import hmac
from datetime import datetime, timedelta
from typing import Any

from django.conf import settings

from televisit.models import Participant
from televisit.tokens import seat_token

from .base import Entry, Provider


class OwnRooms(Provider):
    """The room's address is the visit's socket; the token opens it for programs, which have no session."""

    name = "webrtc"

    def join(self, participant: Participant, *, at: datetime) -> Entry:
        visit = participant.visit
        return Entry(
            provider=self.name,
            kind="webrtc",
            url=f"{settings.PUBLIC_URL.replace('http', 'ws', 1)}/ws/visits/{visit.code}/",
            token=seat_token(participant),
            expires_at=visit.expires_at,
            ice_servers=self.relays(participant, at),
        )

    def relays(self, participant: Participant, at: datetime) -> list[dict[str, Any]]:
        """Who waits gets none: a relay is not for people whom the doctor has not let in."""
        if not participant.is_admitted:
            return []
        return ice_servers(
            participant.uid, until=min(at + timedelta(seconds=settings.TURN_SECONDS), participant.visit.expires_at)
        )


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
