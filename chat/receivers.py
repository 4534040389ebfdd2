"""What the chat's open pages are told."""

from functools import partial
from typing import Any

from django.db import transaction
from django.dispatch import receiver

from clinic.live import tell

from .models import Message
from .signals import message_posted


@receiver(message_posted, dispatch_uid="open pages hear of a message")
def tell_pages(message: Message, **kwargs: Any) -> None:
    news = {"type": "message.posted", "message": message.seq}
    transaction.on_commit(partial(tell, message.appointment.group_name, news), robust=True)
