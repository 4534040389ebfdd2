"""Which visits a page or task needs, in clinic words; and how a visit comes about."""

from datetime import datetime, timedelta
from typing import TYPE_CHECKING, Any

from django.db import models, transaction
from django.db.models import Q

from appointments.models import Appointment
from clinic.codes import normalise_code
from clinic.people.models import Doctor, Patient, User
from clinic.people.permissions import in_own_clinics, works_at_desk
from televisit.errors import NotConfirmed

from .choices import Role, Status
from .events import VisitEvent
from .integration import Integration
from .invitations import Invitation
from .participants import Participant
from .rooms import VisitRoom

ROOM_LEAD = timedelta(minutes=10)  # before the door opens

if TYPE_CHECKING:
    from .visit import Visit


class VisitQuerySet(models.QuerySet["Visit"]):
    def visible_to(self, user: Any) -> "VisitQuerySet":
        """Those whose existence `user` may know of: who has a seat in them, and staff at the desk."""
        return in_own_clinics(self, user) if works_at_desk(user) else self.with_seat_for(user)

    def with_seat_for(self, user: Any) -> "VisitQuerySet":
        """Those that `user` may come to: as their practising doctor, as their patient, or for the patient."""
        if not user.is_authenticated:
            return self.none()
        patients, doctors = Patient.objects.represented_by(user), Doctor.objects.practising().filter(user=user)
        return self.filter(Q(host__in=doctors) | Q(appointment__patient__in=patients))

    def coded(self, typed: str) -> "VisitQuerySet":
        """The one with this code, however it was typed."""
        return self.filter(code=normalise_code(typed))

    def with_parties(self) -> "VisitQuerySet":
        return self.select_related("appointment__patient__user", "host__user", "clinic")

    def unfinished(self) -> "VisitQuerySet":
        return self.filter(status__in=[Status.SCHEDULED, Status.ACTIVE])

    def due_to_close(self, at: datetime) -> "VisitQuerySet":
        """Those whose time is over and that nobody has closed."""
        return self.unfinished().filter(expires_at__lte=at)

    def due_a_room(self, at: datetime) -> "VisitQuerySet":
        """Those that near, without a room, and whose clinic has a video service to open one."""
        near = self.unfinished().filter(opens_at__lte=at + ROOM_LEAD, expires_at__gt=at)
        served = near.filter(clinic__in=Integration.objects.filter(is_active=True).values("clinic"))
        return served.exclude(rooms__in=VisitRoom.objects.in_use())

    def in_line_before(self, visit: "Visit", at: datetime) -> "VisitQuerySet":
        """The doctor's other visits whose people wait now and whose turn comes before that of `visit`."""
        earlier = self.unfinished().filter(host=visit.host_id, appointment__starts_at__lt=visit.starts_at)
        return earlier.filter(participants__in=Participant.objects.waiting(at).order_by()).distinct()

    def next_after(self, visit: "Visit") -> "VisitQuerySet":
        """The doctor's unfinished visits that begin after `visit`, the soonest first."""
        later = self.unfinished().filter(host=visit.host_id, appointment__starts_at__gt=visit.starts_at)
        return later.order_by("appointment__starts_at", "pk")

    def held_up_by(self, visit: "Visit") -> "VisitQuerySet":
        """The doctor's next visits whose time `visit` takes."""
        return self.next_after(visit).filter(appointment__starts_at__lt=visit.ends_at)

    def without_interpreter(self, at: datetime, *, until: datetime) -> "VisitQuerySet":
        """Confirmed, to begin before `until`, for patients who need an interpreter and have none yet; soonest first."""
        asked = Invitation.objects.standing().filter(role=Role.INTERPRETER)
        due = self.filter(
            appointment__status=Appointment.Status.CONFIRMED, appointment__patient__interpreter_needed=True
        )
        due = due.filter(appointment__starts_at__gt=at, appointment__starts_at__lt=until)
        return due.exclude(pk__in=asked.values("visit")).order_by("appointment__starts_at")

    @transaction.atomic
    def schedule(self, appointment: Appointment, *, by: User | None, at: datetime) -> "Visit":
        """The visit of a confirmed appointment: made now, or the one that there is. Raises NotConfirmed."""
        if appointment.status not in {Appointment.Status.CONFIRMED, Appointment.Status.IN_PROGRESS}:
            raise NotConfirmed
        visit, is_new = self.get_or_create(appointment=appointment, defaults=facts_of(appointment, at))
        if is_new:
            visit.record(VisitEvent.Kind.CREATED, by=by, at=at)
        return visit

    def open_for(self, appointment: Appointment, *, by: User | None, at: datetime) -> None:
        """The visit of an appointment that is just being made, and so has none."""
        visit = self.create(appointment=appointment, **facts_of(appointment, at))
        visit.record(VisitEvent.Kind.CREATED, by=by, at=at)


def facts_of(appointment: Appointment, at: datetime) -> dict[str, Any]:
    return {"clinic": appointment.clinic, "host": appointment.doctor, **join_window(appointment, at)}


def join_window(appointment: Appointment, at: datetime) -> dict[str, datetime]:
    """When the door of an appointment's visit opens, and when its room closes, as its clinic has it.

    One without a time is open from the instant `at`, for as long as the doctor's visits take.
    """
    clinic = appointment.clinic
    if appointment.period is None:
        length = timedelta(minutes=appointment.doctor.visit_minutes + clinic.grace_minutes)
        return {"opens_at": at, "expires_at": at + length}
    return {
        "opens_at": appointment.period.lower - timedelta(minutes=clinic.join_minutes_before),
        "expires_at": appointment.period.upper + timedelta(minutes=clinic.grace_minutes),
    }
