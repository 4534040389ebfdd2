"""What a channel is: a way out of the portal. Each module beside this one that has a CHANNEL is one."""

from abc import ABC, abstractmethod
from datetime import datetime
from typing import Any

from clinic.notices.models import Delivery, Notice


class TransientSendError(Exception):
    """It may work later: the service is away, slow or full. Nothing was sent."""


class SendRefused(Exception):
    """It will never work like this: the address or the message was refused."""


class AddressRefused(SendRefused):
    """There is nobody at this address."""


class InDoubt(Exception):
    """The line broke after the message was on its way: perhaps it was sent."""


class Channel(ABC):
    """`name` is stored with deliveries; `label` is for people. The errors' texts go into log and admin: no names."""

    name: str
    label: Any
    repeats_in_doubt = 0

    @abstractmethod
    def address_of(self, notice: Notice) -> str:
        """Where this channel reaches the recipient now; empty if it does not."""

    @abstractmethod
    def send(self, delivery: Delivery, *, at: datetime) -> str:
        """Hand it over. Gives what the service calls it, if it says.

        Raises TransientSendError, SendRefused, AddressRefused or InDoubt.
        """

    @abstractmethod
    def note_address(self, notice: Notice, address: str, *, works: bool) -> None:
        """Remember of `address` that it works, or that nothing arrives there, if it is the recipient's still."""
