"""What a doctor's hours say: the visits that they offer, and the booked ones that lie outside of them."""

from collections.abc import Iterable, Iterator
from datetime import date, datetime, timedelta
from functools import cached_property
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from django.db.backends.postgresql.psycopg_any import DateTimeTZRange

from clinic.people.models import Doctor
from clinic.time import local_instant

from .errors import ZoneMissing
from .grid import Busy, ClockChange, Interval, Pace, clock_changes, visits_between, widened
from .models import Appointment, Availability, Closure, Slot
from .models.slots import LONGEST


def zone_of(doctor: Doctor) -> ZoneInfo:
    """The doctor's zone. Raises ZoneMissing where there is none, or one that this computer does not know."""
    try:
        return doctor.tzinfo
    except (ValueError, ZoneInfoNotFoundError) as unknown:
        raise ZoneMissing from unknown


class WorkingTime:
    """When `doctor` works from `at` on: by `rules`, else by the weekly hours; less time off and clinic closures."""

    def __init__(self, doctor: Doctor, *, at: datetime, rules: Iterable[Availability] | None = None) -> None:
        self.doctor, self.at, self.zone = doctor, at, zone_of(doctor)
        self.rules = list(doctor.availabilities.all() if rules is None else rules)

    @property
    def days(self) -> list[date]:
        """From today to the last day that can be booked, by the doctor's calendar."""
        today = self.at.astimezone(self.zone).date()
        return [today + timedelta(days=n) for n in range(self.doctor.clinic.horizon_days + 1)]

    @property
    def clock_changes(self) -> list[ClockChange]:
        """Those of these days."""
        return list(clock_changes(self.zone, self.days))

    @property
    def closures(self) -> list[Closure]:
        return list(self.doctor.clinic.closures.filter(period__endswith__gt=self.at).select_related("clinic"))

    def stranded(self) -> list[Appointment]:
        """The visits to come that lie outside, soonest first: they stand until somebody cancels or moves them."""
        visits = self.doctor.appointments.upcoming(self.at).with_parties().select_related("slot")
        return [visit for visit in visits if self.strands(visit)]

    def strands(self, visit: Appointment) -> bool:
        """Whether `visit` lies in time off, or was booked from weekly hours that are no more."""
        period = visit.period.lower, visit.period.upper
        if self.off.overlaps(period):
            return True
        by_hours = visit.slot is not None and not visit.slot.is_single
        return by_hours and not self.hours_of(period[0].astimezone(self.zone).date()).contains(period)

    def hours_of(self, day: date) -> Busy:
        """The working hours of one local day."""
        rules = [rule for rule in self.rules if rule.holds_on(day)]
        return Busy(
            (local_instant(day, rule.starts, self.zone), local_instant(day, rule.ends, self.zone)) for rule in rules
        )

    @cached_property
    def off(self) -> Busy:
        """Time off and clinic closures."""
        periods = [
            period
            for times in (self.doctor.times_off, self.doctor.clinic.closures)
            for period in times.filter(period__endswith__gt=self.at).values_list("period", flat=True)
        ]
        return Busy((period.lower, period.upper) for period in periods)


class SlotPlan:
    """What the hours of `doctor` say about the slots to come, against those that are there: read, not yet done."""

    def __init__(self, doctor: Doctor, *, at: datetime, rules: Iterable[Availability] | None = None) -> None:
        self.doctor, self.at = doctor, at
        self.work = WorkingTime(doctor, at=at, rules=rules)
        gap = timedelta(minutes=doctor.free_minutes_before + doctor.free_minutes_after)
        self.pace = Pace(length=timedelta(minutes=doctor.visit_minutes), gap=gap)

    @property
    def times(self) -> list[Interval]:
        """When patients can come, in order."""
        return list(self._wanted)

    @property
    def outdated(self) -> list[Slot]:
        """Free slots that the hours do not offer any more, and those in time off."""
        return [slot for slot in self._free if not self._is_still_right(slot)]

    @property
    def missing(self) -> list[Slot]:
        """Slots that the hours offer and that are not there yet; new rows, not saved."""
        there = {self._key(slot) for slot in self._free}
        return [
            Slot(doctor=self.doctor, availability_id=rule_id, period=DateTimeTZRange(*visit))
            for visit, rule_id in self._wanted.items()
            if (visit, rule_id) not in there
        ]

    def _is_still_right(self, slot: Slot) -> bool:
        if slot.is_single:
            return not self.work.off.overlaps(interval(slot))
        return self._key(slot) in self._wanted.items()

    @cached_property
    def _wanted(self) -> dict[Interval, int | None]:
        """The visits that the rules offer and nothing is in the way of, in order, each with its rule."""
        wanted: dict[Interval, int | None] = {}
        free_from = self.at
        for visit, rule_id in sorted(self._offered(), key=lambda offer: offer[0]):
            if visit[0] > self.at and visit[0] >= free_from and not self._busy.overlaps(visit):
                wanted[visit] = rule_id
                free_from = visit[1] + self.pace.gap
        return wanted

    def _offered(self) -> Iterator[tuple[Interval, int | None]]:
        """The visits that the rules alone say, from today to the last day that can be booked."""
        for rule in self.work.rules:
            for day in filter(rule.holds_on, self.work.days):
                for visit in visits_between(rule.starts, rule.ends, day=day, zone=self.work.zone, pace=self.pace):
                    yield visit, rule.pk

    @cached_property
    def _busy(self) -> Busy:
        """Visits and other published times with the free time around them; time off and withdrawn times as they are."""
        free = {slot.pk for slot in self._free if not slot.is_single}
        others = [slot for slot in self._slots if slot.pk not in free]
        withdrawn = [interval(slot) for slot in others if slot.status == Slot.Status.WITHDRAWN]
        taken = [interval(slot) for slot in others if slot.status != Slot.Status.WITHDRAWN] + self._visits
        return Busy([*withdrawn, *self.work.off, *(widened(each, self.pace.gap) for each in taken)])

    @cached_property
    def _slots(self) -> list[Slot]:
        return list(self.doctor.slots.filter(starts_at__gt=self.at - LONGEST))

    @cached_property
    def _free(self) -> list[Slot]:
        """Open, to come, and not held by anybody."""
        is_open = Slot.Status.OPEN
        return [s for s in self._slots if s.status == is_open and s.starts_at > self.at and not s.is_held(self.at)]

    @cached_property
    def _visits(self) -> list[Interval]:
        visits = self.doctor.appointments.active().filter(period__endswith__gt=self.at)
        return [(period.lower, period.upper) for period in visits.values_list("period", flat=True)]

    @staticmethod
    def _key(slot: Slot) -> tuple[Interval, int | None]:
        return interval(slot), slot.availability_id


def interval(slot: Slot) -> Interval:
    return slot.period.lower, slot.period.upper
