"""What nobody's action tells us: messages that stay unread, follow-ups whose day has come."""

from datetime import datetime, timedelta

from django.db.models import F, Q

from chat.models import Message, ReadMark
from clinic.people.models import User
from prescriptions.models import Prescription

from .audience import notice_of, people_of
from .choices import Kind, Side
from .models import Notice
from .sources import notices_of_follow_up

UNREAD_AFTER = timedelta(minutes=10)
LOOK_BACK = timedelta(hours=6)  # what is older was looked at, or is no news
FOLLOW_UP_LOOK_BACK = timedelta(days=3)


def notices_of_unread_messages(at: datetime) -> list[Notice]:
    """For each person one for what they have not read of a chat; the next one once they have read and more has come."""
    old = Message.objects.filter(created_at__lte=at - UNREAD_AFTER, created_at__gt=at - LOOK_BACK)
    first_of_chats = old.order_by("appointment", "seq").distinct("appointment").values("pk")
    chats = Message.objects.filter(pk__in=first_of_chats).select_related("appointment__doctor", "appointment__patient")
    return [notice for first in chats for notice in unread_in(first, at)]


def unread_in(message: Message, at: datetime) -> list[Notice]:
    """Of the chat that `message` is in: for each of its people who has read less than is old."""
    appointment = message.appointment
    marks = dict(ReadMark.objects.filter(appointment=appointment).values_list("user", "seq"))
    old = list(appointment.messages.filter(created_at__lte=at - UNREAD_AFTER).values_list("seq", "author"))
    people = parties_of(message, at)
    unread = [
        (user, side, mark)
        for user, side in people
        for mark in [marks.get(user.pk, 0)]
        if any(seq > mark and author != user.pk for seq, author in old)
    ]
    return [
        notice_of(
            Kind.MESSAGE_UNREAD,
            f"unread-{appointment.pk}-{mark}-{user.pk}",
            side=side,
            recipient=user,
            appointment=appointment,
            at=at,
        )
        for user, side, mark in unread
    ]


def parties_of(message: Message, at: datetime) -> list[tuple[User, Side]]:
    """Who reads along, as what."""
    appointment = message.appointment
    doctors = User.objects.filter(doctor=appointment.doctor_id, is_active=True)
    patients = people_of(appointment.patient, at) if appointment.patient is not None else []
    return [*((user, Side.DOCTOR) for user in doctors), *((user, Side.PATIENT) for user in patients)]


def notices_of_due_follow_ups(at: datetime) -> list[Notice]:
    """For prescriptions that name today or one of the last days, and whose patient has no later visit yet."""
    days = (at - FOLLOW_UP_LOOK_BACK).date(), at.date()
    due = Prescription.objects.filter(status=Prescription.Status.ISSUED, follow_up_on__range=days)
    seen = Q(patient__appointments__starts_at__gt=F("appointment__starts_at"))
    due = due.exclude(
        seen & Q(patient__appointments__status__in=["requested", "confirmed", "in_progress", "completed"])
    )
    return [
        notice for each in due.select_related("appointment", "patient") for notice in notices_of_follow_up(each, at=at)
    ]
