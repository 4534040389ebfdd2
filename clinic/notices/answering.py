"""Answers from a message: a signed link to a page, whose button does it, once."""

from collections.abc import Callable
from datetime import datetime, timedelta

from django.db import transaction
from django.urls import reverse

from appointments.models import Appointment
from appointments.models.choices import EndReason
from appointments.permissions import can_answer, can_answer_offer, can_cancel, is_on_patients_side
from clinic.people.models import User
from clinic.signing import BadToken, sign, verify

from .audience import notices
from .choices import Action, Kind
from .errors import LinkNotValid, LinkUsed, NothingToAnswer
from .models import Answer, Delivery, Notice

PURPOSE = "answer"
GOOD_FOR = timedelta(days=30)  # if the appointment does not end before


def answer_path(notice: Notice, action: Action) -> str:
    """The address of the page on which the recipient of `notice` may do `action`."""
    period = notice.appointment.period if notice.appointment is not None else None
    good_until = period.upper if period is not None else notice.at + GOOD_FOR
    token = sign({"notice": notice.uid, "action": action.value}, purpose=PURPOSE, expires_at=good_until)
    return reverse("notices:answer", args=[token])


def read_token(token: str) -> tuple[Notice, Action]:
    """What the link was made for. Raises LinkNotValid."""
    try:
        claims = verify(token, purpose=PURPOSE)
        notice = Notice.objects.with_subjects().get(uid=claims["notice"])
    except (BadToken, Notice.DoesNotExist) as problem:
        raise LinkNotValid from problem
    return notice, Action(claims["action"])


def refuse_answer(notice: Notice, action: Action, *, at: datetime) -> None:
    """Raise LinkUsed or NothingToAnswer where the page has no button any more."""
    if Answer.objects.filter(notice=notice).exists():
        raise LinkUsed
    if not notice.is_worth_sending(at) or not may(notice, action):
        raise NothingToAnswer


def may(notice: Notice, action: Action) -> bool:
    """Whether the recipient still may: representations end, doctors are suspended."""
    return notice.appointment is not None and PERMISSIONS[action](notice.person, notice.appointment)


@transaction.atomic
def answer(notice: Notice, action: Action, *, at: datetime, reason: str = EndReason.OTHER) -> list[Delivery]:
    """Do it, in the name of the recipient; once. Gives the deliveries that follow from it.

    Raises LinkUsed, NothingToAnswer, or what the appointment's rules refuse.
    """
    Notice.objects.select_for_update(of=("self",)).get(pk=notice.pk)
    refuse_answer(notice, action, at=at)
    Answer.objects.create(notice=notice, action=action, user=notice.person, at=at)
    return DEEDS[action](notice, at, reason)


def accept(notice: Notice, at: datetime, reason: str) -> list[Delivery]:
    appointment_of(notice).accept(by=notice.person)
    return []


def decline(notice: Notice, at: datetime, reason: str) -> list[Delivery]:
    appointment_of(notice).decline(by=notice.person, reason=reason)
    return []


def confirm(notice: Notice, at: datetime, reason: str) -> list[Delivery]:
    """They will come: the doctor is told in the portal."""
    told = notices(Kind.COMING, f"coming-{notice.pk}", appointment=notice.appointment, at=at)
    return Notice.objects.give(told)


def take(notice: Notice, at: datetime, reason: str) -> list[Delivery]:
    appointment_of(notice).take_offer(by=notice.person, at=at)
    return []


def cancel(notice: Notice, at: datetime, reason: str) -> list[Delivery]:
    appointment_of(notice).cancel(by=notice.person, reason=reason)
    return []


def appointment_of(notice: Notice) -> Appointment:
    """As it is now, apart from the one whose words the page shows."""
    assert notice.appointment_id is not None  # nothing else can be answered
    return Appointment.objects.with_parties().get(pk=notice.appointment_id)


DEEDS: dict[Action, Callable[[Notice, datetime, str], list[Delivery]]] = {
    Action.ACCEPT: accept,
    Action.DECLINE: decline,
    Action.CONFIRM: confirm,
    Action.TAKE: take,
    Action.CANCEL: cancel,
}
PERMISSIONS: dict[Action, Callable[[User, Appointment], bool]] = {
    Action.ACCEPT: can_answer,
    Action.DECLINE: can_answer,
    Action.CONFIRM: is_on_patients_side,
    Action.TAKE: can_answer_offer,
    Action.CANCEL: can_cancel,
}
