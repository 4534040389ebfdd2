"""What the chat's open pages are told."""

from typing import Any

from django.dispatch import receiver

from clinic.live import tell_once_committed

from .models import Message
from .signals import message_posted


@receiver(message_posted, dispatch_uid="open pages hear of a message")
def tell_pages(message: Message, **kwargs: Any) -> None:
    tell_once_committed(message.appointment.group_name, {"type": "message.posted", "message": message.seq})
