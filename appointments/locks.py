"""How bookings that touch the same people wait for one another, and how a lost race is told."""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from functools import wraps
from typing import ParamSpec, TypeVar

from django.db import IntegrityError, OperationalError, connection, transaction

from clinic.people.models import Doctor, Patient

from .errors import CalendarBusy, OverlapsOwnAppointment, SlotOverlaps, SlotTaken

P = ParamSpec("P")
R = TypeVar("R")
DEADLOCK = "40P01"
DOCTORS, PATIENTS = 1 << 56, 2 << 56  # the spaces of lock numbers of both
REFUSALS = {
    "appointment_doctor_never_twice": SlotTaken,
    "appointment_patient_never_twice": OverlapsOwnAppointment,
    "slot_doctor_never_twice": SlotOverlaps,
}


def lock_calendars(*people: Doctor | Patient | None) -> None:
    """Wait until nobody else changes the calendars of `people`; held until the transaction ends.

    Always in the same order, so that two bookings cannot wait for each other.
    """
    numbers = sorted(lock_number(person) for person in people if person is not None)
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_advisory_xact_lock(number) FROM unnest(%s::bigint[]) AS number", [numbers])


def lock_number(person: Doctor | Patient) -> int:
    return (DOCTORS if isinstance(person, Doctor) else PATIENTS) + person.pk


@contextmanager
def refusing_overlaps() -> Iterator[None]:
    """Turns the database's refusal of an overlap into the RuleViolation that says so."""
    try:
        yield
    except IntegrityError as error:
        refusal = REFUSALS.get(getattr(getattr(error.__cause__, "diag", None), "constraint_name", ""))
        if refusal is None:
            raise
        raise refusal from error


def calendar_change(change: Callable[P, R]) -> Callable[P, R]:
    """Decorator of a method that occupies or frees time: one transaction, overlaps refused in clear words.

    A deadlock (two writers of overlapping rows) is tried once more, then told as CalendarBusy. Inside a
    caller's transaction nothing can be tried again, and the error goes through.
    """

    @wraps(change)
    def changed(*args: P.args, **kwargs: P.kwargs) -> R:
        try:
            return attempt(*args, **kwargs)
        except OperationalError as error:
            if not is_deadlock(error) or connection.in_atomic_block:
                raise
        try:
            return attempt(*args, **kwargs)
        except OperationalError as error:
            if not is_deadlock(error):
                raise
            raise CalendarBusy from error

    def attempt(*args: P.args, **kwargs: P.kwargs) -> R:
        with refusing_overlaps(), transaction.atomic():
            return change(*args, **kwargs)

    return changed


def is_deadlock(error: OperationalError) -> bool:
    return getattr(error.__cause__, "pgcode", None) == DEADLOCK
