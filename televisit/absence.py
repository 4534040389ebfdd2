"""Who did not come: found by who waited and who was in the room, as far as that can be trusted."""

from datetime import datetime, timedelta
from typing import Any

from django.db import transaction
from django.db.models import Q

from appointments.models import Appointment, AppointmentEvent
from appointments.models.attending import PATIENCE
from clinic.people.models import User

from .models import Attendance, Participant, Visit, VisitEvent
from .models.choices import PATIENT_SIDE, Role, Status
from .models.queries import VisitQuerySet

MEMORY = timedelta(days=1)  # what is older was looked at long ago


def visits_without_doctor(at: datetime) -> VisitQuerySet:
    """Confirmed, ten minutes past their start at the instant `at`, their patients there, and their doctors not.

    Without those of which people were told already.
    """
    due = Visit.objects.unfinished().filter(
        appointment__status=Appointment.Status.CONFIRMED,
        appointment__starts_at__lte=at - PATIENCE,
        expires_at__gt=at,
    )
    due = due.exclude(appointment__events__kind=AppointmentEvent.Kind.DOCTOR_ABSENT)
    return due.filter(pk__in=waited().values("visit")).exclude(pk__in=came(Role.DOCTOR).values("visit"))


def visits_to_settle(at: datetime) -> VisitQuerySet:
    """Over for a day at the most at the instant `at`, with an appointment of which nobody has said how it went."""
    over = Visit.objects.filter(expires_at__lte=at, expires_at__gt=at - MEMORY)
    return over.filter(appointment__status=Appointment.Status.CONFIRMED)


@transaction.atomic
def settle(visit: Visit, *, at: datetime) -> bool:
    """What became of a visit that never began, where that is certain. Gives whether this run settled it.

    The doctor sat there and nobody came: a no-show. The patient was there and the doctor never: the clinic's miss.
    Everything else, also an attendance whose end was only guessed, is for the doctor to say.
    """
    visit.lock()
    doctor_came = came(Role.DOCTOR).filter(visit=visit).exists()
    if waited().filter(visit=visit).exists():
        return not doctor_came and visit.appointment.miss(at=at)
    if not doctor_came or came(Role.DOCTOR).filter(visit=visit, attendances__trustworthy=False).exists():
        return False
    visit.appointment.mark_no_show()
    return True


@transaction.atomic
def bring_back(visit: Visit, *, by: User | None, at: datetime) -> None:
    """CANCELLED -> SCHEDULED, while its room would still be open: the no-show was taken back."""
    visit.lock()
    if visit.status == Status.CANCELLED and at < visit.expires_at:
        visit.status, visit.ended_at = Status.SCHEDULED, None
        visit.save(update_fields=["status", "ended_at", "updated_at"])
        visit.record(VisitEvent.Kind.REOPENED, by=by, at=at)


def came(*roles: str) -> Any:
    """Seats of these roles whose people were in the room at any time."""
    return Participant.objects.filter(role__in=roles, pk__in=Attendance.objects.values("participant")).order_by()


def waited() -> Any:
    """Seats of the patient's side whose people came to the waiting room or into the room."""
    there = Q(waiting_since__isnull=False) | Q(pk__in=Attendance.objects.values("participant"))
    return Participant.objects.filter(there, role__in=PATIENT_SIDE).order_by()
