"""Fake video services, one for each that the portal can use."""

from .daily import FakeDaily
from .embed import FakeEmbed
from .hms import FakeHms
from .livekit import FakeLiveKit
from .server import FakeService, NoEntry
from .sessions import FakeOpenTok, FakeVonage

FAKES: dict[str, type[FakeService]] = {
    fake.provider.name: fake for fake in [FakeDaily, FakeHms, FakeOpenTok, FakeVonage, FakeEmbed, FakeLiveKit]
}

CALLED = [name for name, fake in FAKES.items() if fake.has_calls]
LISTING = [name for name, fake in FAKES.items() if fake.lists_rooms]

__all__ = [
    "CALLED",
    "FAKES",
    "LISTING",
    "FakeDaily",
    "FakeEmbed",
    "FakeHms",
    "FakeLiveKit",
    "FakeOpenTok",
    "FakeService",
    "FakeVonage",
    "NoEntry",
]
