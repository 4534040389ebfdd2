"""The video services that a visit can be held on."""

from televisit.models import Visit

from .base import Entry, Provider
from .webrtc import OwnRooms

PROVIDERS: dict[str, Provider] = {provider.name: provider for provider in [OwnRooms()]}

__all__ = ["Entry", "Provider", "provider_of"]


def provider_of(visit: Visit) -> Provider:
    """The service whose room `visit` has."""
    return PROVIDERS[visit.provider]
