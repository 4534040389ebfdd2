"""Appointment: what a patient has with a doctor. Its moves are in the modules that it is put together from."""

from datetime import datetime

from django.contrib.postgres.constraints import ExclusionConstraint
from django.contrib.postgres.fields import RangeOperators
from django.db import models
from django.db.models import Q
from django.urls import reverse
from django.utils.translation import gettext_lazy as _

from clinic.people.models import Doctor, User

from .attending import Attending
from .emergencies import Emergency
from .events import AppointmentEvent
from .hours import same
from .moving import Moving
from .queries import AppointmentQuerySet


class Appointment(Moving, Attending, Emergency):
    """What a patient has with a doctor. Occupies `period` of both while it is active.

    An emergency has neither doctor nor period until a doctor takes it. `sequence` is the calendar's revision
    (RFC 5545); `version` counts every change, for two tabs and ETags.
    """

    objects = AppointmentQuerySet.as_manager()

    class Meta:
        ordering = ["-starts_at", "-pk"]
        verbose_name = _("appointment")
        verbose_name_plural = _("appointments")
        constraints = [
            ExclusionConstraint(
                name="appointment_doctor_never_twice",
                expressions=[(same("doctor"), RangeOperators.OVERLAPS), ("period", RangeOperators.OVERLAPS)],
                condition=Q(
                    doctor__isnull=False, overbooked=False, status__in=["requested", "confirmed", "in_progress"]
                ),
            ),
            ExclusionConstraint(
                name="appointment_patient_never_twice",
                expressions=[(same("patient"), RangeOperators.OVERLAPS), ("period", RangeOperators.OVERLAPS)],
                condition=Q(patient__isnull=False, status__in=["requested", "confirmed", "in_progress"]),
            ),
            models.UniqueConstraint(
                fields=["slot"],
                condition=Q(status__in=["requested", "confirmed", "in_progress"]),
                name="appointment_slot_taken_once",
            ),
        ]
        indexes = [
            models.Index(fields=["doctor", "starts_at"], name="appointment_of_doctor"),
            models.Index(fields=["patient", "starts_at"], name="appointment_of_patient"),
            models.Index(fields=["status", "starts_at"], name="appointment_by_status"),
            models.Index(fields=["starts_at"], name="appointment_by_start"),
        ]

    def get_absolute_url(self) -> str:
        return reverse("appointments:detail", args=[self.reference])

    @property
    def group_name(self) -> str:
        """The Channels group of everybody who has this appointment open."""
        return f"appointment.{self.reference}"

    def begin_life(self, *, by: User, at: datetime, because: str = "") -> None:
        """Save the new row as requested or confirmed, with its first event, which keeps `because`.

        Requested where the doctor wants to be asked, unless it is the doctor who books, or the clinic chose the time
        itself. For book() and book_at(), which hold the locks.
        """
        asks = self.slot is not None and self.doctor.booking_mode == Doctor.Mode.REQUEST and not self.is_of_doctor(by)
        self.status = self.Status.REQUESTED if asks else self.Status.CONFIRMED
        if asks:
            self.respond_by = min(at + self.clinic.request_time, self.period.lower)
        self.save()
        self.open_offer = None
        kind = AppointmentEvent.Kind.REQUESTED if asks else AppointmentEvent.Kind.CONFIRMED
        self._tell(kind, before="", by=by, note=because)
