"""The ways out of the portal. In the portal itself a notice is simply there: see clinic/notices/live.py."""

from importlib import import_module
from pkgutil import iter_modules

from .base import AddressRefused, Channel, InDoubt, SendRefused, TransientSendError

__all__ = ["CHANNELS", "AddressRefused", "Channel", "InDoubt", "SendRefused", "TransientSendError"]


def find_channels() -> dict[str, Channel]:
    """One for each module of this package that has one, by name."""
    modules = [import_module(f"{__name__}.{module.name}") for module in iter_modules(__path__)]
    found = [module.CHANNEL for module in modules if hasattr(module, "CHANNEL")]
    return {channel.name: channel for channel in found}


CHANNELS = find_channels()
