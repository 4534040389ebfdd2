"""How soon doctors answer, and who waits for an answer or has not read one."""

from collections import defaultdict
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
    """`user` has read the chat of `appointment` up to number `mark`, and not what others wrote after it."""

    appointment: Appointment
    user: User
    mark: int


def unread_since(before: datetime, *, not_before: datetime) -> list[Unread]:
    """Who has a message unread that was sent before `before`, and after `not_before`; each person and chat once.

    The doctor if practising, the patient, and who acts for the patient. Four queries, however many chats there are.
    """
    sent = Message.objects.filter(created_at__lte=before, created_at__gt=not_before)
    chats = list(Appointment.objects.filter(pk__in=sent.order_by().values("appointment")).with_parties())
    acting, newest = who_acts(chats, before), newest_by_author(chats, before)
    marks = {(mark.appointment_id, mark.user_id): mark.seq for mark in ReadMark.objects.filter(appointment__in=chats)}
    found = []
    for chat in chats:
        for user in [*its_people(chat), *acting.get(chat.patient_id, ())]:
            mark = marks.get((chat.pk, user.pk), 0)
            if any(seq > mark for author, seq in newest[chat.pk].items() if author != user.pk):
                found.append(Unread(chat, user, mark))
    return found


def its_people(chat: Appointment) -> list[User]:
    """Its doctor, if practising, and its patient, as far as they sign in."""
    doctor = chat.doctor.user if chat.doctor is not None and chat.doctor.is_practising else None
    patient = chat.patient.user if chat.patient is not None else None
    return [user for user in (doctor, patient) if user is not None and user.is_active]


def who_acts(chats: list[Appointment], at: datetime) -> dict[int | None, list[User]]:
    """For the patients of `chats`, by id, who acts for them at the instant `at`."""
    patients = [chat.patient_id for chat in chats]
    acting = Representation.objects.valid(at).filter(patient__in=patients, user__is_active=True)
    people: dict[int | None, list[User]] = defaultdict(list)
    for each in acting.select_related("user"):
        people[each.patient_id].append(each.user)
    return people


def newest_by_author(chats: list[Appointment], before: datetime) -> dict[int, dict[int | None, int]]:
    """For each of `chats`, by id, the number of the newest message that each author sent before `before`."""
    sent = Message.objects.filter(appointment__in=chats, created_at__lte=before)
    rows = sent.order_by().values("appointment", "author").annotate(newest=Max("seq"))
    newest: dict[int, dict[int | None, int]] = defaultdict(dict)
    for chat, author, seq in rows.values_list("appointment", "author", "newest"):
        newest[chat][author] = seq
    return newest


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
