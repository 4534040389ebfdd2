"""What a doctor changes about the own hours, and the slots that follow from it.

Every change ends in open_slots(), which makes the open slots what the hours say. A slot that is booked, or held by
somebody who is booking it, is never touched: what happens to a visit is for the doctor to decide.
"""

from collections.abc import Collection, Iterator
from contextlib import contextmanager
from datetime import datetime
from typing import Any

from django.db import models
from django.db.backends.postgresql.psycopg_any import DateTimeTZRange

from clinic.people.models import Doctor

from .errors import HoursOverlap, OnCallOverlaps, TooManyHours, VisitsInTheWay
from .grid import Interval
from .locks import calendar_change, lock_calendars
from .models import Availability, OnCall, Slot, TimeOff
from .plan import SlotPlan, WorkingTime, zone_of

RULES_LIMIT = 100  # of one doctor


Period = dict[str, Any]  # of a day: starts, ends, valid_from and valid_until


@contextmanager
def changing(doctor: Doctor, *, at: datetime, keep_visits: bool) -> Iterator[None]:
    """The hours change inside; then the open slots follow.

    Raises VisitsInTheWay, unless `keep_visits`, if booked visits would lie outside the new hours that did not before.
    """
    lock_calendars(doctor)
    before = WorkingTime(doctor, at=at).stranded()
    yield
    in_the_way = [visit for visit in WorkingTime(doctor, at=at).stranded() if visit not in before]
    if in_the_way and not keep_visits:
        raise VisitsInTheWay(in_the_way)
    open_slots(doctor, at=at)


@calendar_change
def set_days(
    doctor: Doctor, *, weekdays: Collection[int], periods: list[Period], at: datetime, keep_visits: bool = False
) -> None:
    """These `periods`, and no others, are the hours of each of `weekdays`; what is over stays as it was.

    Raises ZoneMissing, HoursOverlap, TooManyHours or VisitsInTheWay; then nothing has changed.
    """
    with changing(doctor, at=at, keep_visits=keep_visits):
        wanted = rules_of(doctor, weekdays, periods, at=at)
        current = current_rules(doctor, weekdays, at=at)
        if doctor.availabilities.count() - len(current) + len(wanted) > RULES_LIMIT:
            raise TooManyHours
        for rule in current:
            if not any(rule.says_the_same(other) for other in wanted):
                rule.delete()
        for rule in wanted:
            if not any(rule.says_the_same(other) for other in current):
                save_hours(rule)


def rules_of(doctor: Doctor, weekdays: Collection[int], periods: list[Period], *, at: datetime) -> list[Availability]:
    """New rules, not saved. A period without a first day holds from today on, by the doctor's calendar."""
    today = at.astimezone(zone_of(doctor)).date()
    return [
        Availability(doctor=doctor, weekday=weekday, **period | {"valid_from": period.get("valid_from") or today})
        for weekday in weekdays
        for period in periods
    ]


def current_rules(doctor: Doctor, weekdays: Collection[int], *, at: datetime) -> list[Availability]:
    """The rules of these weekdays that are not over."""
    today = at.astimezone(zone_of(doctor)).date()
    return [rule for rule in doctor.availabilities.filter(weekday__in=weekdays) if not rule.is_over(today)]


def times_if(doctor: Doctor, *, weekdays: Collection[int], periods: list[Period], at: datetime) -> list[Interval]:
    """What patients could book on `weekdays`, if the hours were these. Changes nothing."""
    rules = rules_of(doctor, weekdays, periods, at=at)
    return SlotPlan(doctor, at=at, rules=rules).times


@calendar_change
def add_hours(doctor: Doctor, *, at: datetime, **facts: Any) -> Availability:
    """A new weekly rule; its slots are open at once. Raises ZoneMissing, HoursOverlap or TooManyHours."""
    with changing(doctor, at=at, keep_visits=True):
        if doctor.availabilities.count() >= RULES_LIMIT:
            raise TooManyHours
        [rule] = rules_of(doctor, [facts.pop("weekday")], [facts], at=at)
        save_hours(rule)
    return rule


@calendar_change
def change_hours(rule: Availability, *, at: datetime, keep_visits: bool = False, **facts: Any) -> None:
    """Other facts for a weekly rule. Raises ZoneMissing, HoursOverlap or VisitsInTheWay."""
    with changing(rule.doctor, at=at, keep_visits=keep_visits):
        for name, value in facts.items():
            setattr(rule, name, value)
        save_hours(rule)
        # Nobody knows whether the new hours would offer what is taken: once freed it goes; open_slots() judges anew.
        rule.slots.exclude(status=Slot.Status.OPEN).update(availability=None)


def save_hours(rule: Availability) -> None:
    if rule.overlapping().exists():
        raise HoursOverlap
    rule.save()


@calendar_change
def remove_hours(rule: Availability, *, at: datetime, keep_visits: bool = False) -> None:
    """The weekly rule is gone, and its open slots with it. Raises VisitsInTheWay."""
    with changing(rule.doctor, at=at, keep_visits=keep_visits):
        rule.delete()


@calendar_change
def add_time_off(doctor: Doctor, *, start: datetime, end: datetime, at: datetime, keep_visits: bool = False) -> TimeOff:
    """No open slots from `start` to `end`. Single slots in this time are gone for good. Raises VisitsInTheWay."""
    with changing(doctor, at=at, keep_visits=keep_visits):
        return TimeOff.objects.create(doctor=doctor, period=DateTimeTZRange(start, end))


@calendar_change
def change_time_off(
    time_off: TimeOff, *, start: datetime, end: datetime, at: datetime, keep_visits: bool = False
) -> None:
    """Raises VisitsInTheWay."""
    with changing(time_off.doctor, at=at, keep_visits=keep_visits):
        time_off.period = DateTimeTZRange(start, end)
        time_off.save(update_fields=["period"])


@calendar_change
def remove_time_off(time_off: TimeOff, *, at: datetime) -> None:
    """The doctor works after all: what the weekly hours say is open again."""
    with changing(time_off.doctor, at=at, keep_visits=True):
        time_off.delete()


@calendar_change
def add_on_call(doctor: Doctor, *, start: datetime, end: datetime) -> OnCall:
    """The doctor answers emergencies from `start` to `end`. Raises OnCallOverlaps."""
    lock_calendars(doctor)
    period = DateTimeTZRange(start, end)
    if doctor.on_call_times.filter(period__overlap=period).exists():
        raise OnCallOverlaps
    return OnCall.objects.create(doctor=doctor, period=period)


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
