"""How pages say that there are unread messages. Use with ``{% load chat %}``."""

from datetime import datetime
from typing import Any

from django import template
from django.utils import timezone

from appointments.models import Appointment
from chat.models import Message

register = template.Library()


@register.inclusion_tag("chat/_unread.html", takes_context=True)
def unread_badge(context: template.Context, appointment: Appointment) -> dict[str, Any]:
    """A badge with the number of messages of this appointment that the reader has not seen; nothing if there are none.

    One query a page, however many appointments it lists.
    """
    request = context["request"]
    if not hasattr(request, "unread_messages"):
        request.unread_messages = Message.objects.unread_by(request.user).count_by_appointment()
    return {"number": request.unread_messages.get(appointment.pk, 0)}


@register.filter
def is_today(at: datetime) -> bool:
    """Whether the instant lies in today on the reader's clock."""
    return timezone.localdate(at) == timezone.localdate()
