"""The video services that a visit can be held on."""

from datetime import datetime
from typing import TYPE_CHECKING

from .base import Account, Entry, Person, Provider, Room
from .daily import Daily
from .embed import OpenTokEmbed
from .hms import HundredMs
from .livekit import LiveKit
from .opentok import OpenTok
from .vonage import Vonage
from .webrtc import OwnRooms

if TYPE_CHECKING:
    from televisit.models import Participant, Visit

PROVIDERS: dict[str, type[Provider]] = {
    provider.name: provider for provider in [OwnRooms, Daily, HundredMs, OpenTok, Vonage, OpenTokEmbed, LiveKit]
}

__all__ = ["PROVIDERS", "Account", "Entry", "Person", "Provider", "Room", "entry_of", "provider_of"]


def provider_of(visit: "Visit") -> Provider:
    """The service whose room `visit` has."""
    return PROVIDERS[visit.provider](Account())


def entry_of(seat: "Participant", *, at: datetime) -> Entry:
    """How the holder of `seat` enters the visit's room."""
    visit = seat.visit
    person = Person(uid=seat.uid, role=seat.role, shown_name=seat.get_role_display(), is_host=seat.is_host)
    return provider_of(visit).join(Room(visit.room), person, at=at, until=visit.expires_at)
