"""Appointment: what a patient has with a doctor, and every move it can make."""

from datetime import datetime

from django.conf import settings
from django.contrib.postgres.constraints import ExclusionConstraint
from django.contrib.postgres.fields import DateTimeRangeField, RangeOperators
from django.db import models
from django.db.models import F, Func, Q
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from appointments.errors import AppointmentIsOver, NotBegunYet, RequestTimeIsOver, TransitionRefused
from appointments.locks import calendar_change, lock_calendars
from appointments.signals import appointment_changed
from clinic.codes import reference
from clinic.crypto import EncryptedTextField
from clinic.people.models import Clinic, Doctor, Patient, User

from .choices import ACTIVE, FREED_BY, MOVES, EndReason, Reason, Status
from .events import AppointmentEvent
from .hours import same
from .queries import AppointmentQuerySet
from .slots import Slot


class Appointment(models.Model):
    """What a patient has with a doctor. Occupies `period` of both while it is active.

    `sequence` is the calendar's revision (RFC 5545); `version` counts every change, for two tabs and ETags.
    """

    Status, Reason, EndReason = Status, Reason, EndReason
    ACTIVE, MOVES = ACTIVE, MOVES

    reference = models.CharField(_("reference"), max_length=8, unique=True, default=reference, editable=False)
    patient = models.ForeignKey(
        Patient, models.PROTECT, verbose_name=_("patient"), null=True, blank=True, related_name="appointments"
    )
    doctor = models.ForeignKey(
        Doctor, models.PROTECT, verbose_name=_("doctor"), null=True, blank=True, related_name="appointments"
    )
    clinic = models.ForeignKey(Clinic, models.PROTECT, verbose_name=_("clinic"), related_name="appointments")
    slot = models.ForeignKey(
        Slot, models.PROTECT, verbose_name=_("slot"), null=True, blank=True, related_name="appointments"
    )
    period = DateTimeRangeField(_("period"), null=True, blank=True)
    starts_at = models.GeneratedField(
        expression=Func(F("period"), function="lower"),
        output_field=models.DateTimeField(null=True),
        db_persist=True,
        verbose_name=_("starts"),
    )
    status = models.CharField(_("status"), max_length=12, choices=Status)
    reason_category = models.CharField(_("kind of reason"), max_length=12, choices=Reason, default=Reason.OTHER)
    symptoms = EncryptedTextField(_("symptoms"), blank=True, default="")
    is_emergency = models.BooleanField(_("emergency"), default=False)
    overbooked = models.BooleanField(_("booked over another"), default=False)
    respond_by = models.DateTimeField(_("to be answered by"), null=True, blank=True)
    end_reason = models.CharField(_("reason of the end"), max_length=20, choices=EndReason, blank=True)
    end_note = EncryptedTextField(_("words to the reason"), blank=True, default="")
    ended_late = models.BooleanField(_("cancelled late"), default=False)
    sequence = models.PositiveIntegerField(_("calendar revision"), default=0)
    version = models.PositiveIntegerField(_("version"), default=0)
    booked_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, verbose_name=_("booked by"), related_name="+"
    )
    created_at = models.DateTimeField(_("created"), auto_now_add=True)
    updated_at = models.DateTimeField(_("changed"), auto_now=True)

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
        ]

    def __str__(self) -> str:
        return self.reference

    def get_absolute_url(self) -> str:
        return reverse("appointments:detail", args=[self.reference])

    @property
    def ends_at(self) -> datetime | None:
        return self.period.upper if self.period else None

    @property
    def minutes(self) -> int:
        """How long it is booked for."""
        return int((self.period.upper - self.period.lower).total_seconds() // 60)

    @property
    def is_active(self) -> bool:
        return self.status in self.ACTIVE

    def may_become(self, status: str) -> bool:
        return status in self.MOVES.get(self.status, ())

    def is_over(self, at: datetime) -> bool:
        """Whether its time has passed at the instant `at`, whatever became of it."""
        return self.period is not None and self.period.upper <= at

    def has_begun(self, at: datetime) -> bool:
        """Whether its time has come at the instant `at`; one without a time begins whenever it begins."""
        return self.period is None or self.period.lower <= at

    @property
    def group_name(self) -> str:
        """The Channels group of everybody who has this appointment open."""
        return f"appointment.{self.reference}"

    def accept(self, *, by: User) -> None:
        """REQUESTED -> CONFIRMED by the doctor or staff. The first of two tabs wins, the other is refused.

        Raises RequestTimeIsOver once the time that was asked for has begun.
        """
        if self.period is not None and self.has_begun(timezone.now()):
            raise RequestTimeIsOver
        self._move(AppointmentEvent.Kind.CONFIRMED, self.Status.CONFIRMED, by=by, only_from=self.Status.REQUESTED)

    def decline(self, *, by: User, reason: str, note: str = "") -> None:
        """REQUESTED -> DECLINED; the slot is free at once. `note` is for the patient."""
        self._end(AppointmentEvent.Kind.DECLINED, self.Status.DECLINED, by=by, reason=reason, note=note)

    def cancel(self, *, by: User, reason: str, note: str = "") -> None:
        """REQUESTED or CONFIRMED -> CANCELLED; the slot is free at once.

        Raises TransitionRefused once the visit has begun, and AppointmentIsOver when its time is over, except for
        the doctor and staff.
        """
        if self.is_too_late_to_cancel(by=by, at=timezone.now()):
            raise AppointmentIsOver
        self._end(AppointmentEvent.Kind.CANCELLED, self.Status.CANCELLED, by=by, reason=reason, note=note)

    def is_too_late_to_cancel(self, *, by: User, at: datetime) -> bool:
        """Whether its time is over at the instant `at`: then only its doctor and staff may still cancel."""
        return self.is_over(at) and not (by.is_staff or self.is_of_doctor(by))

    def expire(self, *, at: datetime) -> bool:
        """REQUESTED -> EXPIRED when nobody answered by `respond_by`. Gives whether this run did it.

        Safe to run again, and harmless against a doctor who accepts at this moment.
        """
        try:
            self._move(AppointmentEvent.Kind.EXPIRED, self.Status.EXPIRED, by=None, unless_answerable_at=at)
        except TransitionRefused:
            return False
        return True

    def begin(self, *, by: User | None = None) -> None:
        """CONFIRMED -> IN PROGRESS: both are in the visit. Beginning again changes nothing."""
        if self.status != self.Status.IN_PROGRESS:
            self._move(AppointmentEvent.Kind.BEGUN, self.Status.IN_PROGRESS, by=by)

    def pause(self, *, by: User | None = None) -> None:
        """IN PROGRESS -> CONFIRMED: the other one never came."""
        self._move(AppointmentEvent.Kind.PAUSED, self.Status.CONFIRMED, by=by, only_from=self.Status.IN_PROGRESS)

    def complete(self, *, by: User | None = None) -> None:
        """IN PROGRESS (or CONFIRMED, when it was held by phone) -> COMPLETED. Raises NotBegunYet before its start."""
        self._refuse_before_start()
        self._move(AppointmentEvent.Kind.COMPLETED, self.Status.COMPLETED, by=by)

    def mark_no_show(self, *, by: User | None = None) -> None:
        """CONFIRMED -> NO SHOW: the patient did not come. Raises NotBegunYet before its start."""
        self._refuse_before_start()
        self._move(AppointmentEvent.Kind.MISSED, self.Status.NO_SHOW, by=by)

    def begin_life(self, *, by: User, at: datetime) -> None:
        """Save the new row as requested or confirmed, as the doctor has set, with its first event.

        For AppointmentQuerySet.book(), which holds the locks.
        """
        asks = self.doctor is not None and self.doctor.booking_mode == Doctor.Mode.REQUEST
        self.status = self.Status.REQUESTED if asks else self.Status.CONFIRMED
        if asks:
            self.respond_by = min(at + self.clinic.request_time, self.period.lower)
        self.save()
        self.refresh_from_db(fields=["starts_at"])
        kind = AppointmentEvent.Kind.REQUESTED if asks else AppointmentEvent.Kind.CONFIRMED
        self._tell(kind, before="", by=by)

    def is_of_doctor(self, user: User) -> bool:
        """Whether `user` is the doctor of this appointment."""
        return self.doctor is not None and self.doctor.user_id == user.pk

    def _refuse_before_start(self) -> None:
        if self.status == self.Status.CONFIRMED and not self.has_begun(timezone.now()):
            raise NotBegunYet

    def _end(self, kind: str, status: str, *, by: User, reason: str, note: str) -> None:
        self.end_reason, self.end_note = reason, note
        self._move(kind, status, by=by, saving=("end_reason", "end_note"))

    @calendar_change
    def _move(
        self,
        kind: str,
        status: str,
        *,
        by: User | None,
        only_from: str | None = None,
        unless_answerable_at: datetime | None = None,
        saving: tuple[str, ...] = (),
    ) -> None:
        """One transition: locks, checks, row, slot, event, signal, in one transaction."""
        wanted = {name: getattr(self, name) for name in saving}
        self._lock()
        if status not in self.MOVES.get(self.status, ()) or (only_from and self.status != only_from):
            raise TransitionRefused
        if unless_answerable_at and (self.respond_by is None or self.respond_by > unless_answerable_at):
            raise TransitionRefused
        before = self.status
        for name, value in wanted.items():
            setattr(self, name, value)
        self._save_status(status, extra=saving)
        self._tell(kind, before=before, by=by)

    def _save_status(self, status: str, *, extra: tuple[str, ...]) -> None:
        """Save the new status; who no longer occupies time lets go of the slot, which is free at once."""
        freed = self.slot_id if status in FREED_BY else None
        self.status = status
        self.version += 1
        if status in FREED_BY:
            self.sequence += 1
            self.slot = None
        self.save(update_fields=["status", "version", "sequence", "slot", "updated_at", *extra])
        if freed is not None:
            Slot.objects.reopen(freed)

    def _lock(self) -> None:
        """Hold both calendars and the row until the transaction ends; the row has its current values."""
        lock_calendars(self.doctor, self.patient)
        self.refresh_from_db(from_queryset=Appointment.objects.select_for_update(of=("self",)))

    def _tell(self, kind: str, *, before: str, by: User | None) -> None:
        """Write the event, which is the outbox, and send the fact."""
        event = AppointmentEvent.objects.create(
            appointment=self, kind=kind, before=before, after=self.status, actor=by, for_whom=self.patient
        )
        appointment_changed.send(sender=Appointment, event=event)
