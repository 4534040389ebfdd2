"""How soon doctors answer, and who waits for an answer or has not read one."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime, timedelta
from statistics import median
from typing import Any

from django.db.models import Count, F, Max, OuterRef, Q, QuerySet, Subquery
from django.db.models.functions import Coalesce

from appointments.models import Appointment
from clinic.people.models import Doctor, Representation, User

from .marks import ReadMark
from .messages import Message

LOOKED_BACK = 200  # messages
FEWEST = 3  # answers from which on "usual" means something


def usual_answer(doctor: Doctor) -> timedelta | None:
    """The median time in which this doctor has lately answered a patient; None if there is too little to say."""
    lately = Message.objects.filter(appointment__doctor=doctor).order_by("-pk")
    lines = lately.values_list("appointment_id", "author_id", "created_at")[:LOOKED_BACK]
    spans = answer_times(reversed(lines), doctor.user_id)
    return timedelta(seconds=median(spans)) if len(spans) >= FEWEST else None


def answer_times(lines: Iterable[tuple[int, int, datetime]], doctor: int) -> list[float]:
    """Seconds from the first message that waited to the doctor's next one, chat by chat; `lines` oldest first."""
    waiting: dict[int, datetime] = {}
    spans = []
    for chat, author, at in lines:
        if author != doctor:
            waiting.setdefault(chat, at)
        elif chat in waiting:
            spans.append((at - waiting.pop(chat)).total_seconds())
    return spans


@dataclass(frozen=True)
class Unread:
    """`user` has not read the chat of `appointment` up to `seq`, its newest message from somebody else."""

    appointment: Appointment
    user: User
    seq: int


def unread_since(before: datetime, *, not_before: datetime) -> list[Unread]:
    """Who has a message unread that was sent before `before`, and after `not_before`; each person and chat once.

    The doctor if practising, the patient, and who acts for the patient.
    """
    sent = Message.objects.filter(created_at__lte=before, created_at__gt=not_before)
    chats = Appointment.objects.filter(pk__in=sent.values("appointment")).with_parties()
    return [unread for chat in chats for user in readers(chat, before) if (unread := unread_of(chat, user, before))]


def readers(chat: Appointment, at: datetime) -> list[User]:
    """Who is to read this chat."""
    acting = Representation.objects.valid(at).filter(patient=chat.patient).select_related("user")
    people = [chat.patient.user if chat.patient else None, *(each.user for each in acting)]
    if chat.doctor is not None and chat.doctor.is_practising:
        people.append(chat.doctor.user)
    return [user for user in people if user is not None]


def unread_of(chat: Appointment, user: User, before: datetime) -> Unread | None:
    from_others = chat.messages.exclude(author=user)
    newest = from_others.filter(created_at__lte=before).last_seq()
    mark = ReadMark.objects.filter(appointment=chat, user=user, seq__gte=newest)
    return Unread(chat, user, from_others.last_seq()) if newest and not mark.exists() else None


def with_unread(doctors: QuerySet[Any]) -> QuerySet[Any]:
    """Those of `doctors` to whom somebody wrote what they have not read: `unread`, how many, `since`, the newest."""
    mark = ReadMark.objects.filter(appointment=OuterRef("appointments"), user=OuterRef("user")).values("seq")
    waits = Q(appointments__messages__seq__gt=Coalesce(Subquery(mark), 0)) & ~Q(
        appointments__messages__author=F("user")
    )
    counted = doctors.annotate(
        unread=Count("appointments__messages", filter=waits),
        since=Max("appointments__messages__created_at", filter=waits),
    )
    return counted.filter(unread__gt=0).order_by("-since")
