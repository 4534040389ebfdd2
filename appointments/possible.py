"""What somebody can do with an appointment now: what pages offer, so that no button leads nowhere."""

from datetime import datetime

from django.utils.functional import cached_property

from clinic.errors import RuleViolation
from clinic.people.models import User

from .errors import AlreadyBegun, TransitionRefused
from .models import Appointment
from .permissions import can_answer, can_answer_offer, can_cancel, can_conclude, can_move, can_take, is_on_patients_side

Status = Appointment.Status


class Possible:
    """What `user` can do with `appointment` at the instant `at`. Pages read it as {{ can.move }}."""

    def __init__(self, user: User, appointment: Appointment, at: datetime) -> None:
        self.user, self.appointment, self.at = user, appointment, at

    @cached_property
    def answer(self) -> bool:
        """Accept or decline the request."""
        return self.appointment.status == Status.REQUESTED and can_answer(self.user, self.appointment)

    @cached_property
    def answer_offer(self) -> bool:
        return can_answer_offer(self.user, self.appointment)

    @cached_property
    def take(self) -> bool:
        return can_take(self.user, self.appointment)

    @cached_property
    def offer(self) -> bool:
        return self.why_not_move is None and can_answer(self.user, self.appointment)

    @cached_property
    def move(self) -> bool:
        return self.why_not_move is None

    @cached_property
    def cancel(self) -> bool:
        return self.why_not_cancel is None

    @cached_property
    def why_not_move(self) -> RuleViolation | None:
        if not can_move(self.user, self.appointment):
            return TransitionRefused()
        return self.appointment.why_not_move(self.user, self.at)

    @cached_property
    def why_not_cancel(self) -> RuleViolation | None:
        if not can_cancel(self.user, self.appointment):
            return TransitionRefused()
        return self.appointment.why_not_cancel(self.user, self.at)

    @property
    def refusal(self) -> RuleViolation | None:
        """Why the reader can no longer change it, where that is worth a word."""
        for refusal in (self.why_not_cancel, self.why_not_move):
            if refusal is not None and not isinstance(refusal, (TransitionRefused, AlreadyBegun)):
                return refusal
        return None

    @cached_property
    def complete(self) -> bool:
        """Say that it was held by phone."""
        return self._is_due and self.appointment.has_begun(self.at)

    @cached_property
    def mark_no_show(self) -> bool:
        return self._is_due and self.appointment.is_overdue(self.at)

    @cached_property
    def undo_no_show(self) -> bool:
        return can_conclude(self.user, self.appointment) and self.appointment.can_undo_no_show(self.at)

    @cached_property
    def send_link(self) -> bool:
        return self._is_due and not self.appointment.is_over(self.at)

    @cached_property
    def ask_for_call(self) -> bool:
        """The patient waits for a doctor who does not come."""
        return is_on_patients_side(self.user, self.appointment) and self.appointment.is_without_doctor

    @cached_property
    def _is_due(self) -> bool:
        return self.appointment.status == Status.CONFIRMED and can_conclude(self.user, self.appointment)
