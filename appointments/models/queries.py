"""Which appointments a page or task needs, in clinic words; and booking, which makes them."""

from datetime import datetime
from typing import TYPE_CHECKING, Any

from django.db import models
from django.db.backends.postgresql.psycopg_any import DateTimeTZRange
from django.db.models import Q

from appointments.errors import (
    DoctorNotAvailable,
    OverlapsOwnAppointment,
    SlotOverlaps,
    SlotTooSoon,
    TooManyOpenAppointments,
)
from appointments.locks import calendar_change, lock_calendars
from clinic.people.models import Patient, User

from .choices import ACTIVE, Reason, Status
from .slots import Slot

if TYPE_CHECKING:
    from .appointment import Appointment


class AppointmentQuerySet(models.QuerySet["Appointment"]):
    def visible_to(self, user: Any) -> "AppointmentQuerySet":
        """Those whose existence `user` may know of: own, of whom they act for, all for staff.

        A doctor's too, while not suspended.
        """
        if not user.is_authenticated:
            return self.none()
        if user.is_staff:
            return self
        mine = Q(patient__in=Patient.objects.represented_by(user))
        return self.filter(mine | Q(doctor__user=user, doctor__suspended_at__isnull=True))

    def of_patients_of(self, user: User) -> "AppointmentQuerySet":
        """Those on the patient's side of `user`: their own and of whom they act for."""
        return self.filter(patient__in=Patient.objects.represented_by(user))

    def active(self) -> "AppointmentQuerySet":
        """Those that occupy time: requested, confirmed, in progress."""
        return self.filter(status__in=ACTIVE)

    def requested(self) -> "AppointmentQuerySet":
        """Waiting for the doctor's answer: emergencies first, then the oldest."""
        return self.filter(status=Status.REQUESTED).order_by("-is_emergency", "created_at")

    def overdue_requests(self, at: datetime) -> "AppointmentQuerySet":
        """Requests whose time to be answered is over."""
        return self.filter(status=Status.REQUESTED, respond_by__lte=at)

    def upcoming(self, at: datetime) -> "AppointmentQuerySet":
        """Active and not over yet, soonest first."""
        return self.active().filter(period__endswith__gt=at).order_by("starts_at")

    def past(self, at: datetime) -> "AppointmentQuerySet":
        """Over or no longer active, latest first."""
        return self.exclude(pk__in=self.upcoming(at).order_by().values("pk")).order_by("-starts_at", "-pk")

    def starting_in(self, start: datetime, end: datetime) -> "AppointmentQuerySet":
        """Those that start in the half-open interval ``[start, end)``, soonest first."""
        return self.filter(starts_at__gte=start, starts_at__lt=end).order_by("starts_at")

    def with_parties(self) -> "AppointmentQuerySet":
        return self.select_related("doctor__user", "doctor__clinic", "patient__user", "clinic")

    def with_visits(self) -> "AppointmentQuerySet":
        """With the visit of each, that pages can link its door."""
        return self.select_related("visit")

    def refuse_overlap(self, period: DateTimeTZRange) -> None:
        """Raise SlotOverlaps if one of these is active in `period`; asked of a doctor's appointments."""
        if self.active().filter(period__overlap=period).exists():
            raise SlotOverlaps

    @calendar_change
    def book(
        self,
        slot: Slot,
        *,
        patient: Patient,
        by: User,
        at: datetime,
        symptoms: str = "",
        reason_category: str = "",
        is_emergency: bool = False,
        hold_key: str = "",
    ) -> "Appointment":
        """Take `slot` for `patient`: confirmed at once, or requested where the doctor wants to be asked.

        One short transaction. Raises SlotTaken, SlotTooSoon, DoctorNotAvailable, OverlapsOwnAppointment or
        TooManyOpenAppointments; then nothing has changed.
        """
        doctor = slot.doctor
        lock_calendars(doctor, patient)
        slot.take(key=hold_key, at=at)
        refuse_unbookable(slot, at)
        refuse_crowding(patient, slot, by)
        appointment = self.model(
            patient=patient,
            doctor=doctor,
            clinic=doctor.clinic,
            slot=slot,
            period=slot.period,
            symptoms=symptoms,
            reason_category=reason_category or Reason.OTHER,
            is_emergency=is_emergency,
            booked_by=by,
        )
        appointment.begin_life(by=by, at=at)
        return appointment


def refuse_unbookable(slot: Slot, at: datetime) -> None:
    """Raise unless the slot's doctor practises and the start is far enough ahead of `at`."""
    if not slot.doctor.is_practising:
        raise DoctorNotAvailable
    if slot.starts_at < at + slot.doctor.clinic.minimum_notice:
        raise SlotTooSoon


def refuse_crowding(patient: Patient, slot: Slot, by: User) -> None:
    """Raise if the patient has something at this time, or too much open already (staff may book more)."""
    mine = patient.appointments.active()
    if mine.filter(period__overlap=slot.period).exists():
        raise OverlapsOwnAppointment
    if not by.is_staff and mine.count() >= slot.doctor.clinic.open_appointments_limit:
        raise TooManyOpenAppointments
