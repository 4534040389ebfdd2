"""Emergencies: a request without a time, for whoever is on call. The first doctor to take it has it."""

from datetime import datetime, timedelta
from typing import TYPE_CHECKING, Any, Self

from django.db import models, transaction
from django.db.backends.postgresql.psycopg_any import DateTimeTZRange
from django.db.models import OuterRef, Q

from appointments.errors import AlreadyTaken, NobodyOnCall, NotOnCall, OverlapsOwnAppointment, TransitionRefused
from appointments.locks import calendar_change, lock_calendars
from clinic.people.models import Doctor, Patient, Specialty, User
from clinic.people.models.doctors import DoctorQuerySet

from .choices import ACTIVE, Status
from .events import AppointmentEvent
from .row import AppointmentRow

if TYPE_CHECKING:
    from .appointment import Appointment

Kind = AppointmentEvent.Kind
ALARM_AFTER = timedelta(minutes=2)  # on-call doctors and staff are told again
GIVE_UP_AFTER = timedelta(minutes=5)  # the patient is told to call
WAITS = timedelta(hours=1)  # then the request ends by itself
SHOWN_ONCE_TAKEN = timedelta(minutes=30)  # to the others who are on call


def doctors_on_call(at: datetime, specialty: Specialty | None = None) -> DoctorQuerySet:
    """The practising doctors who answer emergencies at the instant `at`; those with `specialty`, where one is given."""
    on_call = Doctor.objects.practising().filter(on_call_times__period__contains=at)
    return on_call.filter(specialties=specialty) if specialty else on_call


class Emergency(AppointmentRow):
    """What happens to an emergency until a doctor has taken it."""

    class Meta:
        abstract = True

    def begin_as_emergency(self, *, by: User, at: datetime) -> None:
        """Save the new row as requested, with its first event. For call_for_help(), which holds the lock."""
        self.is_emergency, self.status, self.respond_by = True, Status.REQUESTED, at + WAITS
        self.save()
        self._tell(Kind.REQUESTED, before="", by=by)

    @calendar_change
    def take(self, doctor: Doctor, *, at: datetime) -> None:
        """REQUESTED -> CONFIRMED with `doctor`, from now on: the visit is open at once.

        It may lie over the doctor's other visits, and ends where the patient's next one begins. Raises AlreadyTaken,
        NotOnCall, or OverlapsOwnAppointment while the patient has another visit.
        """
        self.lock(doctor)
        if self.doctor_id is not None:
            raise AlreadyTaken
        if self.status != Status.REQUESTED:
            raise TransitionRefused
        if not self.takers(at).filter(pk=doctor.pk).exists():
            raise NotOnCall
        period = self._time_with(doctor, at)
        self.overbooked = doctor.appointments.active().filter(period__overlap=period).exists()
        self.status = Status.CONFIRMED
        self._go_to(period, None, at=at, doctor=doctor, saving=("status", "overbooked"))
        self._tell(Kind.CONFIRMED, before=Status.REQUESTED, by=doctor.user)

    @calendar_change
    def tell_untaken(self, *, at: datetime) -> bool:
        """Say once that nobody has taken it after two minutes, and once more after five.

        Gives whether this run did either; safe to run again.
        """
        self.lock()
        if not self.is_untaken:
            return False
        told = set(self.events.values_list("kind", flat=True))
        due = [kind for kind, after in UNTAKEN.items() if at >= self.created_at + after and kind not in told]
        for kind in due:
            self._note(kind, by=None)
        return bool(due)

    def takers(self, at: datetime) -> DoctorQuerySet:
        """The doctors who may take it at the instant `at`: on call, and with the specialty asked for, if any."""
        return doctors_on_call(at, self.specialty)

    def is_given_up(self, at: datetime) -> bool:
        """Whether it has waited so long at the instant `at` that the patient had better call."""
        return self.is_untaken and at >= self.created_at + GIVE_UP_AFTER

    def _time_with(self, doctor: Doctor, at: datetime) -> DateTimeTZRange:
        assert self.patient is not None
        full = DateTimeTZRange(at, at + timedelta(minutes=doctor.visit_minutes))
        other = self.patient.appointments.active().filter(period__overlap=full).order_by("starts_at").first()
        if other is None:
            return full
        if other.period.lower <= at:
            raise OverlapsOwnAppointment
        return DateTimeTZRange(at, other.period.lower)


UNTAKEN = {Kind.UNTAKEN: ALARM_AFTER, Kind.STILL_UNTAKEN: GIVE_UP_AFTER}


class EmergencyQuerySet(models.QuerySet["Appointment"]):
    """The part of AppointmentQuerySet that is about emergencies."""

    def untaken(self) -> Self:
        """Emergencies that no doctor has taken yet, the oldest first."""
        return self.filter(doctor__isnull=True, status=Status.REQUESTED).order_by("created_at")

    def for_whoever_is_on_call(self, user: Any, at: datetime) -> Q:
        """The condition on what `user` sees because of being on call at the instant `at`: untaken emergencies."""
        on_call = doctors_on_call(at).filter(user=user)
        is_asked = Q(models.Exists(on_call), specialty__isnull=True)
        has_specialty = Q(models.Exists(on_call.filter(specialties=OuterRef("specialty"))))
        return (is_asked | has_specialty) & Q(doctor__isnull=True, status=Status.REQUESTED)

    def taken_lately(self, at: datetime) -> Self:
        """Emergencies that a doctor has taken a short while before `at`, for the others who are on call."""
        taken = self.filter(is_emergency=True, slot__isnull=True, doctor__isnull=False, status__in=ACTIVE)
        return taken.filter(starts_at__gt=at - SHOWN_ONCE_TAKEN).select_related("doctor__user")

    @transaction.atomic
    def call_for_help(
        self, *, patient: Patient, by: User, at: datetime, symptoms: str, specialty: Specialty | None = None
    ) -> "Appointment":
        """An emergency of `patient`, for every doctor on call (with `specialty`); the one that waits, if there is one.

        Raises NobodyOnCall, or OverlapsOwnAppointment while the patient is in another visit.
        """
        lock_calendars(patient)
        waiting = self.untaken().filter(patient=patient).first()
        if waiting is not None:
            return waiting
        first = doctors_on_call(at, specialty).select_related("clinic").first()
        if first is None:
            raise NobodyOnCall
        if patient.appointments.active().filter(period__contains=at).exists():
            raise OverlapsOwnAppointment
        facts = {"symptoms": symptoms, "specialty": specialty, "booked_by": by}
        emergency = self.model(patient=patient, clinic=first.clinic, **facts)
        emergency.begin_as_emergency(by=by, at=at)
        return emergency
