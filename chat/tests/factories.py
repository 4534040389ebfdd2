"""Chats for the tests."""

from datetime import datetime

from django.utils import timezone

from appointments.models import Appointment
from chat.models import Message
from clinic.codes import uid
from clinic.people.models import User


def written(
    appointment: Appointment,
    *,
    by: User | None = None,
    body: str = "Good morning.",
    client_id: str = "",
    at: datetime | None = None,
) -> Message:
    """A message of the doctor, unless somebody else is named."""
    return Message.objects.post(
        appointment,
        by=by or appointment.doctor.user,
        body=body,
        client_id=client_id or uid(),
        at=at or timezone.now(),
    )
