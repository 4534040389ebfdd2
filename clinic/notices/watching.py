"""What nobody's action tells us: messages that stay unread, follow-ups whose day has come."""

from datetime import datetime, timedelta

from django.db.models import Exists, OuterRef

from appointments.models import Appointment
from chat.models import Message
from clinic.people.models import User
from prescriptions.models import Prescription

from .audience import notice_of, people_of
from .choices import Kind, Side
from .models import Notice
from .sources import notices_of_follow_up

UNREAD_AFTER = timedelta(minutes=10)
LOOK_BACK = timedelta(hours=6)  # what is older was looked at, or is no news
FOLLOW_UP_LOOK_BACK = timedelta(days=3)
SEEN_AGAIN = (*Appointment.ACTIVE, Appointment.Status.COMPLETED)


def notices_of_unread_messages(at: datetime) -> list[Notice]:
    """For each person one for what they have not read of a chat; the next one once they have read and more has come."""
    old = Message.objects.filter(created_at__lte=at - UNREAD_AFTER, created_at__gt=at - LOOK_BACK)
    chats = Appointment.objects.filter(pk__in=old.order_by().values("appointment")).with_parties()
    return [notice for chat in chats for notice in unread_in(chat, at)]


def unread_in(chat: Appointment, at: datetime) -> list[Notice]:
    """For each of its people for whom there is something old beyond what they have read."""
    marks = dict(chat.read_marks.values_list("user", "seq"))
    old = list(chat.messages.filter(created_at__lte=at - UNREAD_AFTER).values_list("seq", "author"))
    told = []
    for user, side in parties_of(chat, at):
        mark = marks.get(user.pk, 0)
        if any(seq > mark and author != user.pk for seq, author in old):
            key = f"unread-{chat.pk}-{mark}-{user.pk}"
            told.append(notice_of(Kind.MESSAGE_UNREAD, key, side=side, recipient=user, appointment=chat, at=at))
    return told


def parties_of(chat: Appointment, at: datetime) -> list[tuple[User, Side]]:
    """Who reads along, as what."""
    doctors = User.objects.filter(doctor=chat.doctor, is_active=True) if chat.doctor is not None else []
    patients = people_of(chat.patient, at) if chat.patient is not None else []
    return [*((user, Side.DOCTOR) for user in doctors), *((user, Side.PATIENT) for user in patients)]


def notices_of_due_follow_ups(at: datetime) -> list[Notice]:
    """For prescriptions that name today or one of the last days, and whose patient has had no other visit since."""
    days = (at - FOLLOW_UP_LOOK_BACK).date(), at.date()
    later = Appointment.objects.filter(
        patient=OuterRef("patient"), starts_at__gt=OuterRef("issued_at"), status__in=SEEN_AGAIN
    ).exclude(pk=OuterRef("appointment"))
    due = Prescription.objects.filter(status=Prescription.Status.ISSUED, follow_up_on__range=days)
    due = due.exclude(Exists(later)).select_related("appointment", "patient")
    return [notice for each in due for notice in notices_of_follow_up(each, at=at)]
