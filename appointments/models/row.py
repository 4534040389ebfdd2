"""AppointmentRow: what is stored of an appointment, and how one step of it is taken."""

from datetime import datetime
from typing import TYPE_CHECKING, Any

from django.conf import settings
from django.contrib.postgres.fields import DateTimeRangeField
from django.db import models
from django.db.backends.postgresql.psycopg_any import DateTimeTZRange
from django.db.models import F, Func
from django.utils.functional import cached_property
from django.utils.translation import gettext_lazy as _

from appointments.errors import NotThisDoctorsTime, TransitionRefused
from appointments.locks import lock_calendars
from appointments.signals import appointment_changed
from clinic.codes import reference
from clinic.crypto import EncryptedTextField
from clinic.people.models import Clinic, Doctor, Patient, Specialty, User
from clinic.people.permissions import works_at_desk

from .choices import ACTIVE, FREED_BY, MOVES, EndReason, Reason, Status
from .offers import Offer
from .slots import Slot


class AppointmentRow(models.Model):
    """The fields of an appointment, and how a step is taken: locks, checks, row, slot, event, signal.

    The moves themselves are in the modules beside this one, by subject.
    """

    if TYPE_CHECKING:
        objects: Any
        events: Any
        offers: Any

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
    specialty = models.ForeignKey(
        Specialty, models.PROTECT, verbose_name=_("specialty asked for"), null=True, blank=True, related_name="+"
    )
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

    class Meta:
        abstract = True

    def __str__(self) -> str:
        return self.reference

    @property
    def ends_at(self) -> datetime | None:
        return self.period.upper if self.period else None

    @property
    def minutes(self) -> int:
        """How long it is booked for; 0 while nobody knows when."""
        return int((self.period.upper - self.period.lower).total_seconds() // 60) if self.period else 0

    @property
    def is_active(self) -> bool:
        return self.status in self.ACTIVE

    @property
    def is_untaken(self) -> bool:
        """Whether it is an emergency that no doctor has taken yet."""
        return self.doctor_id is None and self.status == Status.REQUESTED

    @property
    def was_taken(self) -> bool:
        """Whether it is an emergency that a doctor on call has taken."""
        return self.is_emergency and self.slot_id is None and self.doctor_id is not None

    def may_become(self, status: str) -> bool:
        return status in self.MOVES.get(self.status, ())

    def is_over(self, at: datetime) -> bool:
        """Whether its time has passed at the instant `at`, whatever became of it."""
        return self.period is not None and self.period.upper <= at

    def has_begun(self, at: datetime) -> bool:
        """Whether its time has come at the instant `at`; one without a time begins whenever it begins."""
        return self.period is None or self.period.lower <= at

    def is_of_doctor(self, user: User) -> bool:
        """Whether `user` is the doctor of this appointment."""
        return self.doctor is not None and self.doctor.user_id == user.pk

    def is_of_patient(self, user: User) -> bool:
        """Whether `user` is the patient of this appointment, not somebody who acts for them."""
        return self.patient is not None and self.patient.is_profile_of(user)

    def is_of_clinic(self, user: User) -> bool:
        """Whether `user` acts for the clinic here, as its doctor or as staff: the patients' limits do not bind them."""
        return works_at_desk(user, self.clinic_id) or self.is_of_doctor(user)

    @cached_property
    def open_offer(self) -> Offer | None:
        """The other time that waits for an answer, if any. One query, or none where the offers are prefetched."""
        return next((offer for offer in self.offers.all() if offer.status == Offer.Status.OPEN), None)

    def lock(self, *others: Doctor, seen: int | None = None) -> None:
        """Hold the calendars of both and of `others`, and the row, until the transaction ends; values are current.

        Raises TransitionRefused if `seen`, the version that somebody's page showed, is not the current one.
        """
        doctor_id = self.doctor_id
        lock_calendars(self.doctor, self.patient, *others)
        self.refresh_from_db(from_queryset=type(self).objects.select_for_update(of=("self",)))
        self.__dict__.pop("open_offer", None)
        if self.doctor_id != doctor_id:  # it was handed over while we waited
            lock_calendars(self.doctor, self.patient)
        if seen is not None and seen != self.version:
            raise TransitionRefused

    def _step(
        self,
        kind: str,
        status: str,
        *,
        by: User | None,
        only_from: str | None = None,
        saving: tuple[str, ...] = (),
        **told: Any,
    ) -> None:
        """To another status, for who holds the locks. `saving` names other fields that change with it."""
        if not self.may_become(status) or (only_from and self.status != only_from):
            raise TransitionRefused
        before = self.status
        self._save_status(status, extra=saving)
        self._drop_offer()
        self._tell(kind, before=before, by=by, **told)

    def _save_status(self, status: str, *, extra: tuple[str, ...]) -> None:
        """Save the new status; who no longer occupies time lets go of the slot, which is free at once."""
        freed = self.slot_id if status in FREED_BY else None
        self.status = status
        self.version += 1
        if status in FREED_BY:
            self.sequence += 1
            self.slot = None
        self.save(update_fields=["status", "version", "sequence", "slot", "updated_at", *extra])
        if status in FREED_BY:
            Slot.objects.reopen(freed, doctor=self.doctor, period=self.period)

    def _go_to(
        self,
        period: DateTimeTZRange,
        slot: Slot | None,
        *,
        at: datetime,
        key: str = "",
        doctor: Doctor | None = None,
        saving: tuple[str, ...] = (),
    ) -> None:
        """Free the slot that it has and take `slot`, or `period` where there is none; for who holds the locks.

        `key` is that of the hold on `slot`; `saving` names other fields that change with it. What the doctor still
        offers in `period` is covered. Raises SlotTaken.
        """
        left = {"pk": self.slot_id, "doctor": self.doctor, "period": self.period}
        self.doctor = doctor or self.doctor
        assert self.doctor is not None  # an emergency has its doctor before it has a time
        if slot is not None:
            if slot.doctor_id != self.doctor.pk:
                raise NotThisDoctorsTime
            slot.take(key=key, at=at)
        self.slot, self.period, self.clinic = slot, period, self.doctor.clinic
        self.sequence += 1
        self.version += 1
        place = ["doctor", "clinic", "slot", "period", "sequence", "version", "updated_at"]
        self.save(update_fields=[*place, *saving])
        self.refresh_from_db(fields=["starts_at"])
        if slot is None:
            Slot.objects.cover(self.doctor, period)
        Slot.objects.reopen(**left)

    def _drop_offer(self, status: str = Offer.Status.DROPPED) -> None:
        """Close the offer that waits, if any; what it held is free."""
        if self.open_offer is not None:
            self.open_offer.close(status)
            del self.open_offer

    def _tell(self, kind: str, *, before: str, by: User | None, **told: Any) -> None:
        """Write the event, which is the outbox, and send the fact. `told` are further fields of the event."""
        event = self.events.create(kind=kind, before=before, after=self.status, actor=by, for_whom=self.patient, **told)
        appointment_changed.send(sender=type(self), event=event)

    def _note(self, kind: str, *, by: User | None, **told: Any) -> None:
        """An event that changes no status."""
        self._tell(kind, before=self.status, by=by, **told)
