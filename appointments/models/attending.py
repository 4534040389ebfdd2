"""Who comes and who does not: the visit's begin and end, no-shows, late doctors and absent ones."""

from datetime import datetime, timedelta
from zoneinfo import ZoneInfo

from django.utils import timezone

from appointments.errors import NotBegunYet, TooEarlyForNoShow, TooLateToUndo, TransitionRefused
from appointments.locks import calendar_change
from clinic.people.models import Doctor, User
from clinic.time import day_bounds

from .choices import EndReason, Status
from .events import AppointmentEvent
from .row import AppointmentRow

Kind = AppointmentEvent.Kind
PATIENCE = timedelta(minutes=10)  # after its start somebody may be said not to have come


class Attending(AppointmentRow):
    """What becomes of a confirmed appointment when its time has come."""

    class Meta:
        abstract = True

    @calendar_change
    def begin(self, *, by: User | None = None) -> None:
        """CONFIRMED -> IN PROGRESS: both are in the visit. Beginning again changes nothing."""
        self.lock()
        if self.status != Status.IN_PROGRESS:
            self._step(Kind.BEGUN, Status.IN_PROGRESS, by=by)

    @calendar_change
    def pause(self, *, by: User | None = None) -> None:
        """IN PROGRESS -> CONFIRMED: the other one never came."""
        self.lock()
        self._step(Kind.PAUSED, Status.CONFIRMED, by=by, only_from=Status.IN_PROGRESS)

    @calendar_change
    def complete(self, *, by: User | None = None) -> None:
        """IN PROGRESS (or CONFIRMED, when it was held by phone) -> COMPLETED. Raises NotBegunYet before its start."""
        self.lock()
        if self.status == Status.CONFIRMED and not self.has_begun(timezone.now()):
            raise NotBegunYet
        self._step(Kind.COMPLETED, Status.COMPLETED, by=by)

    @calendar_change
    def mark_no_show(self, *, by: User | None = None) -> None:
        """CONFIRMED -> NO SHOW: the patient did not come. Raises TooEarlyForNoShow in the first ten minutes."""
        self.lock()
        if self.status == Status.CONFIRMED and not self.is_overdue(timezone.now()):
            raise TooEarlyForNoShow
        self._step(Kind.MISSED, Status.NO_SHOW, by=by)

    @calendar_change
    def undo_no_show(self, *, by: User, at: datetime) -> None:
        """NO SHOW -> CONFIRMED, until the end of its day. Raises TooLateToUndo."""
        self.lock()
        if self.status == Status.NO_SHOW and not self.can_undo_no_show(at):
            raise TooLateToUndo
        self._step(Kind.MISSED_UNDONE, Status.CONFIRMED, by=by, only_from=Status.NO_SHOW)

    @calendar_change
    def miss(self, *, at: datetime) -> bool:
        """CONFIRMED -> CANCELLED as the clinic's miss: the patient came, the doctor never did.

        Gives whether this run did it; safe to run again.
        """
        self.lock()
        if self.status != Status.CONFIRMED or not self.is_overdue(at):
            return False
        self.end_reason = EndReason.CLINIC_MISSED
        self._step(Kind.CANCELLED, Status.CANCELLED, by=None, saving=("end_reason",))
        return True

    @calendar_change
    def tell_doctor_absent(self, *, at: datetime) -> bool:
        """Ten minutes after the start the patient waits and the doctor is not there: say so, once.

        Gives whether this run did it; safe to run again.
        """
        self.lock()
        if self.status != Status.CONFIRMED or not self.is_overdue(at) or self.is_without_doctor:
            return False
        self._note(Kind.DOCTOR_ABSENT, by=None)
        return True

    @calendar_change
    def tell_late(self, *, minutes: int, by: User) -> None:
        """Tell the patient that the doctor runs `minutes` late."""
        self.lock()
        self._refuse_unless_confirmed()
        self._note(Kind.DOCTOR_LATE, by=by, minutes=minutes)

    @calendar_change
    def send_link(self, *, by: User) -> None:
        """Send the patient the way in once more."""
        self.lock()
        self._refuse_unless_confirmed()
        self._note(Kind.LINK_SENT, by=by)

    @calendar_change
    def ask_for_call(self, *, by: User) -> None:
        """The patient, whose doctor does not come, would like to be called. Asking again changes nothing."""
        self.lock()
        self._refuse_unless_confirmed()
        if not self.wants_call:
            self._note(Kind.CALL_ASKED, by=by)

    def is_overdue(self, at: datetime) -> bool:
        """Whether it should have begun ten minutes before the instant `at`."""
        return self.period is None or self.period.lower + PATIENCE <= at

    def can_undo_no_show(self, at: datetime) -> bool:
        """Whether a no-show can be taken back at the instant `at`: until midnight by the doctor's clock."""
        if self.status != Status.NO_SHOW or self.period is None:
            return False
        zone = ZoneInfo((self.doctor and self.doctor.zone) or self.clinic.zone)
        return at < day_bounds(self.period.lower.astimezone(zone).date(), zone)[1]

    @property
    def is_without_doctor(self) -> bool:
        """Whether people were told that its doctor has not come. One query."""
        return self.status == Status.CONFIRMED and self._has(Kind.DOCTOR_ABSENT)

    @property
    def wants_call(self) -> bool:
        """Whether the patient has asked for a call. One query."""
        return self._has(Kind.CALL_ASKED)

    @property
    def minutes_late(self) -> int | None:
        """By how many minutes the doctor said to be late; None if nothing was said, or it does not matter any more."""
        if self.status != Status.CONFIRMED:
            return None
        return self.events.filter(kind=Kind.DOCTOR_LATE).values_list("minutes", flat=True).last()

    @property
    def handed_over_by(self) -> Doctor | None:
        """The doctor who had it before, if the last change was to give it to another one. One query."""
        changes = self.events.filter(kind__in=[Kind.HANDED_OVER, Kind.MOVED]).select_related("doctor_before__user")
        last = changes.last()
        return last and last.doctor_before

    def _has(self, kind: str) -> bool:
        return self.events.filter(kind=kind).exists()

    def _refuse_unless_confirmed(self) -> None:
        if self.status != Status.CONFIRMED:
            raise TransitionRefused
