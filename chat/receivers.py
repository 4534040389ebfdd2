"""What the chat's open pages are told."""

from typing import Any

from django.dispatch import receiver

from appointments.models import Appointment
from clinic.live import tell_once_committed

from .models import Message
from .signals import message_posted, messages_read


@receiver(message_posted, dispatch_uid="open pages hear of a message")
def tell_pages(message: Message, **kwargs: Any) -> None:
    tell_once_committed(message.appointment.group_name, {"type": "message.posted", "message": message.seq})


@receiver(messages_read, dispatch_uid="open pages hear who has read")
def tell_who_has_read(appointment: Appointment, user: Any, seq: int, **kwargs: Any) -> None:
    side = {"read": seq, "by_doctor": appointment.is_of_doctor(user)}
    tell_once_committed(appointment.group_name, {"type": "messages.read", **side})
