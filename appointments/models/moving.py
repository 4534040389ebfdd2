"""How an appointment goes to another time or doctor, and how it is cancelled; with the limits that bind patients."""

from datetime import datetime

from django.utils import timezone

from appointments.errors import (
    AlreadyBegun,
    AppointmentIsOver,
    DoctorNotAvailable,
    TooLateToCancel,
    TooLateToMove,
    TooManyMoves,
    TransitionRefused,
)
from appointments.locks import calendar_change
from clinic.errors import RuleViolation
from clinic.people.models import Doctor, User

from .answering import Answering
from .booking import refuse_unbookable
from .choices import MOVABLE, Status
from .events import AppointmentEvent
from .offers import Offer
from .slots import Slot

Kind = AppointmentEvent.Kind
CHANGES = (Kind.MOVED, Kind.HANDED_OVER, Kind.DOCTOR_ABSENT)


class Moving(Answering):
    """Another time, another doctor, or none.

    A patient may move as often as the clinic allows, and until the notice for changes begins; then only cancel, which
    is marked late. Neither binds right after booking, nor after the clinic itself has changed something.
    """

    class Meta:
        abstract = True

    @calendar_change
    def move(self, slot: Slot, *, by: User, at: datetime, hold_key: str = "", seen: int | None = None) -> bool:
        """To `slot` of the same doctor: same row, reference, chat and code. Gives whether it moved at once.

        Where a patient asks a doctor who wants to be asked, the old time stands until the doctor agrees. Raises what
        why_not_move() says, and what booking raises; then nothing has changed.
        """
        self.lock(seen=seen)
        refusal = self.why_not_move(by, at)
        if refusal is not None:
            raise refusal
        self._refuse_time(slot, at=at)
        if not self.is_of_clinic(by):
            refuse_unbookable(slot, at=at, by=by)
            if self.asks_before_moving:
                self._propose(slot, waits_for=Offer.Side.DOCTOR, by=by, at=at)
                return False
        self._move_to(slot, by=by, at=at, hold_key=hold_key)
        return True

    def _move_to(self, slot: Slot, *, by: User, at: datetime, hold_key: str) -> None:
        counts = self._is_bound(by, at)
        period_before = self.period
        self._go_to(slot.period, slot, at=at, key=hold_key)
        self._drop_offer()
        if self.status == Status.REQUESTED:
            self.respond_by = min(at + self.clinic.request_time, slot.starts_at)
            self.save(update_fields=["respond_by"])
        self._note(Kind.MOVED, by=by, period_before=period_before, counts=counts)

    @calendar_change
    def hand_over(self, doctor: Doctor, *, by: User, at: datetime) -> None:
        """Staff give it to another doctor, at the same time; the patient may refuse, whatever the hour.

        Raises DoctorNotAvailable, or SlotTaken where that doctor has a visit then.
        """
        self.lock(doctor)
        if self.status not in MOVABLE or self.period is None or doctor.pk == self.doctor_id:
            raise TransitionRefused
        if not doctor.is_practising:
            raise DoctorNotAvailable
        before = self.doctor
        self._drop_offer()
        free = Slot.objects.free(at).filter(doctor=doctor, period=self.period).first()
        self._go_to(self.period, free, at=at, doctor=doctor)
        self._note(Kind.HANDED_OVER, by=by, doctor_before=before)

    @calendar_change
    def cancel(self, *, by: User, reason: str, note: str = "", seen: int | None = None) -> None:
        """REQUESTED or CONFIRMED -> CANCELLED; the slot is free at once.

        Raises TransitionRefused once the visit has begun. For patients AppointmentIsOver when its time is over, and
        TooLateToCancel after the cut-off where the clinic wants a call instead; else it is marked late then.
        """
        at = timezone.now()
        self.lock(seen=seen)
        refusal = self.why_not_cancel(by, at)
        if refusal is not None:
            raise refusal
        self.end_reason, self.end_note, self.ended_late = reason, note, self.is_late(by, at)
        self._step(Kind.CANCELLED, Status.CANCELLED, by=by, saving=("end_reason", "end_note", "ended_late"))

    def why_not_move(self, by: User, at: datetime) -> RuleViolation | None:
        """What refuses `by` another time at the instant `at`, if anything."""
        if self.status not in MOVABLE or self.period is None:
            return TransitionRefused()
        if self.is_of_clinic(by) or self._was_changed_by_clinic():
            return None
        if self.has_begun(at):
            return AlreadyBegun()
        if self.is_late(by, at):
            return TooLateToMove()
        if self._is_bound(by, at) and self.moves_made >= self.clinic.moves_limit:
            return TooManyMoves()
        return None

    def why_not_cancel(self, by: User, at: datetime) -> RuleViolation | None:
        """What refuses `by` to cancel at the instant `at`, if anything."""
        if not self.may_become(Status.CANCELLED):
            return TransitionRefused()
        if self.is_of_clinic(by):
            return None
        if self.is_over(at):
            return AppointmentIsOver()
        return TooLateToCancel() if self.is_late(by, at) and not self.clinic.late_cancelling else None

    def is_late(self, by: User, at: datetime) -> bool:
        """Whether the notice for changes has begun at the instant `at`, and binds `by`; requests are never late."""
        if self.status != Status.CONFIRMED or self.period is None:
            return False
        return self.period.lower - at < self.clinic.change_notice and self._is_bound(by, at)

    @property
    def moves_made(self) -> int:
        """How many moves count toward the clinic's limit. One query."""
        return self.events.filter(counts=True).count()

    @property
    def asks_before_moving(self) -> bool:
        """Whether the doctor agrees to another time before it counts; for requests nothing is agreed yet."""
        is_asked = self.doctor is not None and self.doctor.booking_mode == Doctor.Mode.REQUEST
        return is_asked and self.status == Status.CONFIRMED

    def _is_bound(self, by: User, at: datetime) -> bool:
        """Whether the limits for patients bind `by` at the instant `at`."""
        if self.is_of_clinic(by) or at < self.created_at + self.clinic.free_change_time:
            return False
        return not self._was_changed_by_clinic()

    def _was_changed_by_clinic(self) -> bool:
        """Whether the last change was the clinic's: another time or doctor, or a doctor who did not come."""
        last = self.events.filter(kind__in=CHANGES).select_related("actor").last()
        return last is not None and (last.actor is None or self.is_of_clinic(last.actor))
