"""What a doctor changes about the own hours, and the slots that follow from it.

Every change ends in open_slots(), which makes the open slots what the hours say. A slot that is booked, or held by
somebody who is booking it, is never touched: what happens to a visit is for the doctor to decide.
"""

from collections.abc import Iterator
from datetime import datetime, timedelta
from functools import cached_property
from typing import Any
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from django.db import models
from django.db.backends.postgresql.psycopg_any import DateTimeTZRange

from clinic.people.models import Doctor

from .errors import HoursOverlap, TooManyHours, ZoneMissing
from .grid import Busy, Interval, Pace, visits_between, widened
from .locks import calendar_change, lock_calendars
from .models import Availability, Slot, TimeOff
from .models.slots import LONGEST

RULES_LIMIT = 100  # of one doctor


@calendar_change
def add_hours(doctor: Doctor, *, at: datetime, **facts: Any) -> Availability:
    """A new weekly rule; its slots are open at once. Raises ZoneMissing, HoursOverlap or TooManyHours."""
    lock_calendars(doctor)
    if doctor.availabilities.count() >= RULES_LIMIT:
        raise TooManyHours
    facts.setdefault("valid_from", at.astimezone(zone_of(doctor)).date())
    rule = Availability(doctor=doctor, **facts)
    save_hours(rule, at=at)
    return rule


@calendar_change
def change_hours(rule: Availability, *, at: datetime, **facts: Any) -> None:
    """Other facts for a weekly rule. Raises ZoneMissing or HoursOverlap."""
    lock_calendars(rule.doctor)
    for name, value in facts.items():
        setattr(rule, name, value)
    save_hours(rule, at=at)
    # Nobody knows whether the new hours would offer what is booked: once freed it goes, and open_slots() judges anew.
    rule.slots.filter(status=Slot.Status.BOOKED).update(availability=None)


def save_hours(rule: Availability, *, at: datetime) -> None:
    if rule.overlapping().exists():
        raise HoursOverlap
    rule.save()
    open_slots(rule.doctor, at=at)


@calendar_change
def remove_hours(rule: Availability, *, at: datetime) -> None:
    """The weekly rule is gone, and its open slots with it."""
    lock_calendars(rule.doctor)
    rule.delete()
    open_slots(rule.doctor, at=at)


@calendar_change
def add_time_off(doctor: Doctor, *, start: datetime, end: datetime, at: datetime) -> TimeOff:
    """No open slots from `start` to `end`. Single slots in this time are gone for good."""
    lock_calendars(doctor)
    time_off = TimeOff.objects.create(doctor=doctor, period=DateTimeTZRange(start, end))
    open_slots(doctor, at=at)
    return time_off


@calendar_change
def change_time_off(time_off: TimeOff, *, start: datetime, end: datetime, at: datetime) -> None:
    lock_calendars(time_off.doctor)
    time_off.period = DateTimeTZRange(start, end)
    time_off.save(update_fields=["period"])
    open_slots(time_off.doctor, at=at)


@calendar_change
def remove_time_off(time_off: TimeOff, *, at: datetime) -> None:
    """The doctor works after all: what the weekly hours say is open again."""
    lock_calendars(time_off.doctor)
    time_off.delete()
    open_slots(time_off.doctor, at=at)


@calendar_change
def open_slots(doctor: Doctor, *, at: datetime) -> int:
    """Make the open slots what the hours say, from `at` to the clinic's horizon; gives how many were opened.

    Safe to run again. Raises ZoneMissing: there is no zone that could be right by chance.
    """
    lock_calendars(doctor)
    plan = SlotPlan(doctor, at=at)
    Slot.objects.filter(pk__in=[slot.pk for slot in plan.outdated]).free(at).delete()
    # Should somebody have begun to book an outdated slot just now, what overlaps it is left out until the next run.
    Slot.objects.bulk_create(plan.missing, ignore_conflicts=True)
    return len(plan.missing)


@calendar_change
def close_slots(doctor: Doctor) -> None:
    """Take back all open slots: the doctor has no zone any more, so nobody knows what the hours mean."""
    lock_calendars(doctor)
    doctor.slots.filter(status=Slot.Status.OPEN).delete()


def publishing_doctors() -> models.QuerySet[Doctor]:
    """Those whose slots can follow their hours: all who have a zone."""
    return Doctor.objects.exclude(zone="").select_related("clinic")


def zone_of(doctor: Doctor) -> ZoneInfo:
    """The doctor's zone. Raises ZoneMissing where there is none, or one that this computer does not know."""
    try:
        return doctor.tzinfo
    except (ValueError, ZoneInfoNotFoundError) as unknown:
        raise ZoneMissing from unknown


class SlotPlan:
    """What the hours of `doctor` say about the slots to come, against those that are there: read, not yet done."""

    def __init__(self, doctor: Doctor, *, at: datetime) -> None:
        self.doctor, self.at, self.zone = doctor, at, zone_of(doctor)
        gap = timedelta(minutes=doctor.buffer_before_minutes + doctor.buffer_after_minutes)
        self.pace = Pace(length=timedelta(minutes=doctor.visit_minutes), gap=gap)

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
            return not self._off.overlaps(interval(slot))
        return self._key(slot) in self._wanted.items()

    @cached_property
    def _wanted(self) -> dict[Interval, int]:
        """The visits that the rules offer and nothing is in the way of, in order, each with its rule."""
        wanted: dict[Interval, int] = {}
        free_from = self.at
        for visit, rule_id in sorted(self._offered()):
            if visit[0] > self.at and visit[0] >= free_from and not self._busy.overlaps(visit):
                wanted[visit] = rule_id
                free_from = visit[1] + self.pace.gap
        return wanted

    def _offered(self) -> Iterator[tuple[Interval, int]]:
        """The visits that the rules alone say, from today to the last day that can be booked."""
        today = self.at.astimezone(self.zone).date()
        days = [today + timedelta(days=n) for n in range(self.doctor.clinic.horizon_days + 1)]
        for rule in self.doctor.availabilities.all():
            for day in filter(rule.holds_on, days):
                for visit in visits_between(rule.starts, rule.ends, day=day, zone=self.zone, pace=self.pace):
                    yield visit, rule.pk

    @cached_property
    def _busy(self) -> Busy:
        """Visits and other published times with the free time around them; time off and withdrawn times as they are."""
        free = {slot.pk for slot in self._free if not slot.is_single}
        others = [slot for slot in self._slots if slot.pk not in free]
        withdrawn = [interval(slot) for slot in others if slot.status == Slot.Status.WITHDRAWN]
        taken = [interval(slot) for slot in others if slot.status != Slot.Status.WITHDRAWN] + self._visits
        return Busy([*withdrawn, *self._off, *(widened(each, self.pace.gap) for each in taken)])

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

    @cached_property
    def _off(self) -> Busy:
        """Time off."""
        periods = self.doctor.times_off.filter(period__endswith__gt=self.at).values_list("period", flat=True)
        return Busy((period.lower, period.upper) for period in periods)

    @staticmethod
    def _key(slot: Slot) -> tuple[Interval, int | None]:
        return interval(slot), slot.availability_id


def interval(slot: Slot) -> Interval:
    return slot.period.lower, slot.period.upper
