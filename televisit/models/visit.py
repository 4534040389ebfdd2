"""Visit: the meeting of an appointment, and every move it can make."""

from datetime import datetime, timedelta

from django.db import models, transaction
from django.db.backends.postgresql.psycopg_any import DateTimeTZRange
from django.db.models import F, Q
from django.urls import reverse
from django.utils.translation import gettext_lazy as _

from appointments.locks import lock_calendars
from appointments.models import Appointment, Slot
from clinic.codes import random_code, uid
from clinic.errors import RuleViolation
from clinic.people.models import Clinic, Doctor, User
from televisit.errors import (
    DoctorNotIn,
    ExtendedTooFar,
    NotByPhone,
    TooEarly,
    VisitIsCancelled,
    VisitIsOver,
    VisitMovedOn,
)
from televisit.signals import visit_changed

from .choices import MOVES, Phase, Role, Status
from .events import VisitEvent
from .invitations import Invitation
from .participants import Attendance, Participant
from .queries import VisitQuerySet, join_window
from .seating import Seating

CODE_LENGTH = 12  # of 5 bits each: 60 bits


def new_code() -> str:
    """The code of a visit: short enough to read out, too long to guess."""
    return random_code(CODE_LENGTH)


class Visit(Seating, models.Model):
    """The meeting of an appointment. Its door opens at `opens_at`; at `expires_at` everybody is put out.

    `provider` has its room, and calls it `room`; VisitRoom has those before it too.
    """

    Status, Phase = Status, Phase
    MOVES = MOVES
    REFUSALS: dict[str, type[RuleViolation]] = {
        Phase.EARLY: TooEarly,
        Phase.OVER: VisitIsOver,
        Phase.ENDED: VisitIsOver,
        Phase.CANCELLED: VisitIsCancelled,
    }

    uid = models.CharField(max_length=16, unique=True, default=uid, editable=False)
    code = models.CharField(_("code"), max_length=CODE_LENGTH, unique=True, default=new_code, editable=False)
    appointment = models.OneToOneField(Appointment, models.PROTECT, verbose_name=_("appointment"), related_name="visit")
    clinic = models.ForeignKey(Clinic, models.PROTECT, verbose_name=_("clinic"), related_name="visits")
    host = models.ForeignKey(Doctor, models.PROTECT, verbose_name=_("doctor"), related_name="visits")
    status = models.PositiveSmallIntegerField(_("status"), choices=Status, default=Status.SCHEDULED)
    provider = models.CharField(_("video service"), max_length=20, default="webrtc")
    room = models.CharField(_("room"), max_length=255, blank=True)
    opens_at = models.DateTimeField(_("door opens"))
    expires_at = models.DateTimeField(_("room closes"), db_index=True)
    started_at = models.DateTimeField(_("began"), null=True, blank=True)
    ended_at = models.DateTimeField(_("ended"), null=True, blank=True)
    extended_minutes = models.PositiveSmallIntegerField(_("extended by, minutes"), default=0)
    phone_minutes = models.PositiveSmallIntegerField(_("went on by phone, minutes"), null=True, blank=True)
    created_at = models.DateTimeField(_("created"), auto_now_add=True)
    updated_at = models.DateTimeField(_("changed"), auto_now=True)

    objects = VisitQuerySet.as_manager()

    class Meta:
        ordering = ["-opens_at", "-pk"]
        verbose_name = _("visit")
        verbose_name_plural = _("visits")
        constraints = [
            models.CheckConstraint(condition=Q(expires_at__gt=F("opens_at")), name="visit_closes_after_it_opens"),
        ]
        indexes = [models.Index(fields=["host", "status"], name="visit_of_host")]

    def __str__(self) -> str:
        return self.spoken_code

    def get_absolute_url(self) -> str:
        return reverse("televisit:door", args=[self.code])

    @property
    def spoken_code(self) -> str:
        """The code as people read it: K7F3-QX2M-9D4T."""
        return "-".join(self.code[start : start + 4] for start in range(0, CODE_LENGTH, 4))

    @property
    def starts_at(self) -> datetime:
        """When it is booked for; one without a time begins when its door opens."""
        return self.appointment.period.lower if self.appointment.period else self.opens_at

    @property
    def ends_at(self) -> datetime:
        """When the booked time, and what the doctor added to it, is over; the room stays open until `expires_at`."""
        if self.appointment.period is None:
            return self.expires_at - timedelta(minutes=self.clinic.grace_minutes)
        return self.appointment.period.upper + self.extension

    @property
    def extension(self) -> timedelta:
        return timedelta(minutes=self.extended_minutes)

    @property
    def minutes_to_add(self) -> int:
        """By how many minutes the doctor may still extend it."""
        return max(0, self.clinic.extension_minutes - self.extended_minutes)

    @property
    def is_by_phone(self) -> bool:
        """Whether the doctor has gone on by phone."""
        return self.events.filter(kind=VisitEvent.Kind.BY_PHONE).exists()

    @property
    def group_name(self) -> str:
        """The Channels group of every page that has this visit open."""
        return f"visit.{self.uid}"

    def phase(self, at: datetime) -> str:
        """What somebody finds who comes to the door at the instant `at`."""
        if self.status in {Status.ENDED, Status.CANCELLED}:
            return self._phase_once_closed()
        if at >= self.expires_at:
            return Phase.OVER
        return Phase.EARLY if at < self.opens_at else Phase.OPEN

    def _phase_once_closed(self) -> str:
        if self.ended_at is not None and self.ended_at >= self.expires_at:
            return Phase.OVER
        return Phase.ENDED if self.status == Status.ENDED else Phase.CANCELLED

    def refuse_unless_open(self, at: datetime) -> None:
        """Raise TooEarly, VisitIsOver or VisitIsCancelled where nobody may be in the room at the instant `at`."""
        refusal = self.REFUSALS.get(self.phase(at))
        if refusal is not None:
            raise refusal

    # Moves

    @transaction.atomic
    def start(self, *, at: datetime, by: User | None = None) -> None:
        """SCHEDULED -> ACTIVE, and the appointment is in progress. Starting again changes nothing.

        Raises TooEarly, VisitIsOver or VisitIsCancelled.
        """
        self.lock()
        self.refuse_unless_open(at)
        if self.status == Status.SCHEDULED:
            self.started_at = at
            self._move_to(Status.ACTIVE, VisitEvent.Kind.STARTED, at=at, by=by)
            self.appointment.begin(by=by)

    @transaction.atomic
    def end(self, *, by: User | None, at: datetime) -> None:
        """ACTIVE -> ENDED, for everybody; the appointment is completed if both sides were there.

        Ending again changes nothing. Raises VisitMovedOn for a visit that never began.
        """
        self.lock()
        if self.status == Status.ENDED:
            return
        self._close(Status.ENDED, VisitEvent.Kind.ENDED, at=min(at, self.expires_at), by=by)

    @transaction.atomic
    def cancel(self, *, by: User | None, at: datetime) -> None:
        """SCHEDULED -> CANCELLED. Cancelling again changes nothing. Raises VisitMovedOn once it has begun."""
        self.lock()
        if self.status != Status.CANCELLED:
            self._close(Status.CANCELLED, VisitEvent.Kind.CANCELLED, at=at, by=by)

    @transaction.atomic
    def expire(self, *, at: datetime) -> bool:
        """Close the room once its time is over: an active visit ends, one that never began is cancelled.

        Gives whether this run did it; safe to run again.
        """
        self.lock()
        if at < self.expires_at or self.status not in {Status.SCHEDULED, Status.ACTIVE}:
            return False
        status = Status.ENDED if self.status == Status.ACTIVE else Status.CANCELLED
        Attendance.objects.filter(participant__visit=self).end_all(self.expires_at)
        self._close(status, VisitEvent.Kind.EXPIRED, at=self.expires_at, by=None)
        return True

    @transaction.atomic
    def extend(self, minutes: int, *, by: User, at: datetime) -> None:
        """Add `minutes` to a visit that the doctor is in. The doctor's open slots under it are covered.

        Raises VisitMovedOn unless it is active, DoctorNotIn, ExtendedTooFar, or what the hour refuses.
        """
        self.lock()
        self._refuse_extending(minutes, at=at)
        before = self.ends_at
        self.extended_minutes += minutes
        self.expires_at += timedelta(minutes=minutes)
        self.save(update_fields=["extended_minutes", "expires_at", "updated_at"])
        Slot.objects.cover(self.host, DateTimeTZRange(before, self.ends_at))
        self.record(VisitEvent.Kind.EXTENDED, by=by, at=at, note=str(minutes))

    @transaction.atomic
    def reopen(self, *, by: User, at: datetime) -> None:
        """ENDED -> ACTIVE, until the room closes; a completed appointment stays so.

        Reopening an open visit changes nothing. Raises VisitIsOver, or VisitMovedOn for one that never began.
        """
        self.lock()
        if at >= self.expires_at:
            raise VisitIsOver
        if self.status == Status.ACTIVE:
            return
        if self.status != Status.ENDED:
            raise VisitMovedOn
        self.ended_at = None
        self._move_to(Status.ACTIVE, VisitEvent.Kind.REOPENED, at=at, by=by)
        if self.appointment.status == Appointment.Status.CONFIRMED:
            self.appointment.begin(by=by)

    @transaction.atomic
    def go_on_by_phone(self, *, by: User, at: datetime) -> None:
        """The doctor calls the patient instead; the visit counts as held. Saying so again changes nothing.

        A visit that has not begun begins. Raises what the hour refuses.
        """
        self.lock()
        self.start(at=at, by=by)
        if not self.is_by_phone:
            self.record(VisitEvent.Kind.BY_PHONE, at=at, by=by)

    @transaction.atomic
    def enter_phone_minutes(self, minutes: int) -> None:
        """How long the call took, for billing; also once the visit is over. Raises NotByPhone."""
        self.lock()
        if not self.is_by_phone:
            raise NotByPhone
        self.phone_minutes = minutes
        self.save(update_fields=["phone_minutes", "updated_at"])

    @transaction.atomic
    def follow_appointment(self, *, by: User | None, at: datetime) -> None:
        """The door and the room have the appointment's hours, and its doctor. If it is so already, nothing changes."""
        self.lock()
        doctor = self.appointment.doctor
        if self.appointment.period is None or doctor is None:
            return
        window = join_window(self.appointment, at)
        hours = window["opens_at"], window["expires_at"] + self.extension
        if (*hours, doctor) == (self.opens_at, self.expires_at, self.host):
            return
        self.opens_at, self.expires_at = hours
        self.host, self.clinic = doctor, self.appointment.clinic
        self.save(update_fields=["opens_at", "expires_at", "host", "clinic", "updated_at"])
        self.record(VisitEvent.Kind.MOVED, by=by, at=at)

    @transaction.atomic
    def close_with_appointment(self, *, by: User | None, at: datetime) -> None:
        """The appointment has come to its end elsewhere, by phone or at the desk: nobody need wait here."""
        self.lock()
        if self.status == Status.ACTIVE:
            self.end(by=by, at=at)
        elif self.status == Status.SCHEDULED:
            self.cancel(by=by, at=at)

    def record(
        self,
        kind: str,
        *,
        at: datetime,
        by: User | None = None,
        participant: Participant | None = None,
        invitation: Invitation | None = None,
        note: str = "",
    ) -> None:
        """Write the event and send the fact, inside the transaction that made it true."""
        about = {"participant": participant, "invitation": invitation, "note": note}
        told_at = at if kind in VisitEvent.UNTOLD else None
        event = VisitEvent.objects.create(visit=self, kind=kind, actor=by, at=at, announced_at=told_at, **about)
        visit_changed.send(sender=Visit, event=event)

    def lock(self) -> None:
        """Hold calendars and row until the transaction ends, in the order in which the appointment takes them.

        The row has its current values then. Its key stays free: events that others write point at it meanwhile.
        """
        lock_calendars(self.host, self.appointment.patient)
        fresh = Visit.objects.with_parties().select_for_update(of=("self",), no_key=True)
        self.refresh_from_db(from_queryset=fresh)

    def _refuse_extending(self, minutes: int, *, at: datetime) -> None:
        self.refuse_unless_open(at)
        if self.status != Status.ACTIVE:
            raise VisitMovedOn
        if not self.participants.filter(role=Role.DOCTOR).present().exists():
            raise DoctorNotIn
        if not 0 < minutes <= self.minutes_to_add:
            raise ExtendedTooFar

    def _close(self, status: int, kind: str, *, at: datetime, by: User | None) -> None:
        Attendance.objects.filter(participant__visit=self, left_at__isnull=True).update(left_at=at)
        self.ended_at = at
        self._move_to(status, kind, at=at, by=by)
        if self.appointment.status == Appointment.Status.IN_PROGRESS:
            was_held = self.had_both_sides() or self.is_by_phone
            settle = self.appointment.complete if was_held else self.appointment.pause
            settle(by=by)

    def _move_to(self, status: int, kind: str, *, at: datetime, by: User | None) -> None:
        if status not in self.MOVES.get(self.status, ()):
            raise VisitMovedOn
        self.status = status
        self.save(update_fields=["status", "started_at", "ended_at", "updated_at"])
        self.record(kind, at=at, by=by)
