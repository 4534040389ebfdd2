"""What a visit counts for billing: the time for which doctor and patient were both there, and the minutes by phone."""

from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import NamedTuple

from .models import Attendance, Visit
from .models.choices import PATIENT_SIDE, Role


class Period(NamedTuple):
    start: datetime
    end: datetime


@dataclass(frozen=True)
class Billing:
    """`together` are the periods in which both sides were in the room, in order.

    `is_exact` is false where somebody's end was found out later, because a line broke.
    """

    together: list[Period]
    phone_minutes: int
    is_exact: bool

    @property
    def video_seconds(self) -> int:
        return int(sum((end - start for start, end in self.together), timedelta()).total_seconds())

    @property
    def video_minutes(self) -> int:
        """Whole minutes; a minute that has begun does not count."""
        return self.video_seconds // 60

    @property
    def minutes(self) -> int:
        return self.video_minutes + self.phone_minutes


def billing_of(visit: Visit, at: datetime) -> Billing:
    """As it stands at the instant `at`: who is still in the room counts until then."""
    rows = list(Attendance.objects.filter(participant__visit=visit).select_related("participant"))
    doctor = united([period_of(row, at) for row in rows if row.participant.role == Role.DOCTOR])
    patient = united([period_of(row, at) for row in rows if row.participant.role in PATIENT_SIDE])
    return Billing(
        together=overlaps(doctor, patient),
        phone_minutes=visit.phone_minutes or 0,
        is_exact=all(row.trustworthy for row in rows),
    )


def period_of(attendance: Attendance, at: datetime) -> Period:
    return Period(attendance.joined_at, attendance.left_at or at)


def united(periods: list[Period]) -> list[Period]:
    """The same time in order, each instant once: of two devices, or of parent and child, one counts."""
    whole: list[Period] = []
    for period in sorted(periods):
        if whole and period.start <= whole[-1].end:
            whole[-1] = Period(whole[-1].start, max(period.end, whole[-1].end))
        else:
            whole.append(period)
    return whole


def overlaps(ones: list[Period], others: list[Period]) -> list[Period]:
    """The time that is in both lists, in order."""
    found = [Period(max(one.start, other.start), min(one.end, other.end)) for one in ones for other in others]
    return [period for period in found if period.start < period.end]
