"""What nobody's action tells us: messages that stay unread, follow-ups whose day has come."""

from datetime import datetime, timedelta

from django.db.models import Exists, OuterRef

from appointments.models import Appointment
from chat.models.answers import Unread, unread_since
from prescriptions.models import Prescription

from .audience import notice_of
from .choices import Kind, Side
from .models import Notice
from .sources import notices_of_follow_up

UNREAD_AFTER = timedelta(minutes=10)
LOOK_BACK = timedelta(hours=6)  # what is older was looked at, or is no news
FOLLOW_UP_LOOK_BACK = timedelta(days=3)
SEEN_AGAIN = (*Appointment.ACTIVE, Appointment.Status.COMPLETED)


def notices_of_unread_messages(at: datetime) -> list[Notice]:
    """For each person one for what they have not read of a chat; the next one once they have read and more has come."""
    return [notice_of_unread(each, at) for each in unread_since(at - UNREAD_AFTER, not_before=at - LOOK_BACK)]


def notice_of_unread(unread: Unread, at: datetime) -> Notice:
    chat, user = unread.appointment, unread.user
    side = Side.DOCTOR if chat.is_of_doctor(user) else Side.PATIENT
    key = f"unread-{chat.pk}-{unread.mark}-{user.pk}"
    return notice_of(Kind.MESSAGE_UNREAD, key, side=side, recipient=user, appointment=chat, at=at)


def notices_of_due_follow_ups(at: datetime) -> list[Notice]:
    """For prescriptions that name today or one of the last days, and whose patient has had no other visit since."""
    days = (at - FOLLOW_UP_LOOK_BACK).date(), at.date()
    later = Appointment.objects.filter(
        patient=OuterRef("patient"), starts_at__gt=OuterRef("issued_at"), status__in=SEEN_AGAIN
    ).exclude(pk=OuterRef("appointment"))
    due = Prescription.objects.filter(status=Prescription.Status.ISSUED, follow_up_on__range=days)
    due = due.exclude(Exists(later)).select_related("appointment", "patient")
    return [notice for each in due for notice in notices_of_follow_up(each, at=at)]
