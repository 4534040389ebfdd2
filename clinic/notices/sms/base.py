"""What a service that sends text messages is to us."""

from typing import Protocol


class SmsService(Protocol):
    """Made without arguments; it reads the settings itself."""

    def send(self, text: str, *, to: str, name: str) -> str:
        """Hand over `text` to the number `to` (E.164). Gives what the service calls the message.

        `name` is what we call it, for what the service tells us later. Raises the errors of a channel.
        """
