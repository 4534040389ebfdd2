"""The video services that a visit can be held on."""

from .base import Account, Entry, Person, Provider, Room
from .daily import Daily
from .embed import OpenTokEmbed
from .hms import HundredMs
from .livekit import LiveKit
from .opentok import OpenTok
from .vonage import Vonage
from .webrtc import OwnRooms

PROVIDERS: dict[str, type[Provider]] = {
    OwnRooms.name: OwnRooms,
    Daily.name: Daily,
    HundredMs.name: HundredMs,
    OpenTok.name: OpenTok,
    Vonage.name: Vonage,
    OpenTokEmbed.name: OpenTokEmbed,
    LiveKit.name: LiveKit,
}

__all__ = ["PROVIDERS", "Account", "Entry", "Person", "Provider", "Room"]
