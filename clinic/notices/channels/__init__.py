"""The ways out of the portal; each is one module with `send(delivery, at=...)`."""

from types import ModuleType

from clinic.notices.models import Channel, Delivery

from . import email
from .errors import SendRefused, TransientSendError

__all__ = ["SendRefused", "TransientSendError", "channel_of"]

CHANNELS: dict[str, ModuleType] = {Channel.EMAIL: email}


def channel_of(delivery: Delivery) -> ModuleType:
    """The module that sends `delivery`; raises TransientSendError or SendRefused where it cannot."""
    return CHANNELS[delivery.channel]
