"""A strip of seven days with the number of free times on each, and the times of one of them: one query."""

from collections import defaultdict
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from itertools import pairwise
from typing import Any
from zoneinfo import ZoneInfo

from django.contrib.postgres.expressions import ArraySubquery
from django.contrib.postgres.fields import ArrayField
from django.db.models import DateTimeField, Func, IntegerField, Min, OuterRef, Value
from django.db.models.functions import JSONObject
from django.utils import timezone

from clinic.people.models import Doctor
from clinic.time import day_bounds

from .models.slots import FARTHEST, SlotQuerySet

DAYS = 7
STRIP = timedelta(days=DAYS)
MOST_COUNTED = 1000  # of one day; a clinic with more need not count them all
SHOWN_DOCTORS = 20  # on one day; whoever sees as many had better narrow the search


@dataclass(frozen=True)
class StripDay:
    """One day of the strip, with the number of its free times, MOST_COUNTED at most."""

    day: date
    count: int

    @property
    def is_crowded(self) -> bool:
        """Whether there are as many times as are counted, or more."""
        return self.count == MOST_COUNTED


@dataclass(frozen=True)
class FreeTime:
    """A slot as pages list it."""

    uid: str
    starts_at: datetime
    doctor: Doctor


@dataclass(frozen=True)
class DayStrip:
    """Seven days of the reader, one of them chosen, with the ways to the weeks before and after.

    `times` are the free times of the chosen day, of the SHOWN_DOCTORS who are free first; `next_free_at` is when the
    first one after that day starts.
    """

    days: list[StripDay]
    chosen: date
    earlier: date | None
    later: date | None
    times: list[FreeTime]
    next_free_at: datetime | None

    @property
    def has_more(self) -> bool:
        """Whether further doctors have free times on the chosen day."""
        return len(self.times) < next(each.count for each in self.days if each.day == self.chosen)

    @property
    def doctors(self) -> list[tuple[Doctor, list[FreeTime]]]:
        """The doctors of the chosen day with their times; who is free first comes first."""
        times_of = defaultdict(list)
        for time in self.times:
            times_of[time.doctor].append(time)
        return list(times_of.items())


def day_strip(slots: SlotQuerySet, *, wanted: date | None, at: datetime) -> DayStrip:
    """The strip around the day `wanted`, else around the first day with a free time, else from today.

    Days are those of the current time zone, the reader's. Strips start today, a week from today, and so on. The slots
    are read in one query.
    """
    zone, today = timezone.get_current_timezone(), timezone.localdate(at)
    if wanted is None or not is_near(wanted, today):
        seen = look(slots, OuterRef("starts_at"), chosen=0, zone=zone)
        wanted = first = timezone.localdate(seen["starts_at"], zone) if seen else today
    else:
        first = strip_start(wanted, today)
        midnight = day_bounds(first, zone)[0]
        seen = look(slots.filter(starts_at__gte=midnight), Value(midnight), chosen=(wanted - first).days, zone=zone)
    return read(seen, first=first, chosen=wanted, today=today)


def read(seen: Any, *, first: date, chosen: date, today: date) -> DayStrip:
    """What was `seen` of the seven days from `first` on, as a strip."""
    start = strip_start(chosen, today)
    end = start + STRIP
    counts = dict(zip(days_from(first), seen["counts"], strict=True)) if seen else {}
    has_later = seen is not None and (seen["later"] or any(count for day, count in counts.items() if day >= end))
    return DayStrip(
        days=[StripDay(day, counts.get(day, 0)) for day in days_from(start)],
        chosen=chosen,
        earlier=start - STRIP if start > today else None,
        later=end if has_later else None,
        times=list(free_times(seen["times"])) if seen else [],
        next_free_at=seen["next_free_at"] if seen else None,
    )


def free_times(rows: list[dict[str, Any]]) -> Iterator[FreeTime]:
    doctors = Doctor.objects.listed().in_bulk({row["doctor"] for row in rows})
    for row in rows:
        yield FreeTime(row["uid"], datetime.fromisoformat(row["starts_at"]), doctors[row["doctor"]])


def look(slots: SlotQuerySet, instant: Any, *, chosen: int, zone: ZoneInfo) -> Any:
    """What there is of `slots` on the local day of `instant` and the six after it, of which one is `chosen`.

    The one row that is read is that of the first slot; None without one. `instant` is an expression; as a reference to
    that row, the days begin with the first slot's own.
    """
    midnights = midnights_around(instant, zone)
    inner = midnights_around(OuterRef(instant) if isinstance(instant, OuterRef) else instant, zone)
    counts = [how_many(slots.starting_in(*bounds)) for bounds in pairwise(midnights)]
    soonest = doctors_of(slots.starting_in(inner[chosen], inner[chosen + 1]))[:SHOWN_DOCTORS]
    times = slots.starting_in(midnights[chosen], midnights[chosen + 1]).filter(doctor__in=soonest)
    row = slots.order_by("starts_at", "pk").values(
        "starts_at",
        counts=Func(*counts, template="ARRAY[%(expressions)s]", output_field=ArrayField(IntegerField())),
        times=as_json(times),
        next_free_at=slots.filter(starts_at__gte=midnights[chosen + 1]).first_start(),
        later=slots.filter(starts_at__gte=midnights[-1]).first_start(),
    )
    return row.first()


def as_json(slots: SlotQuerySet) -> ArraySubquery:
    """All of them, soonest first, as a part of another query."""
    facts = JSONObject(uid="uid", starts_at="starts_at", doctor="doctor_id")
    return ArraySubquery(slots.order_by("starts_at", "pk").values(facts=facts))


def midnights_around(instant: Any, zone: ZoneInfo) -> list[Any]:
    """When the local day of `instant` begins, and the seven days after it, as expressions."""
    first = local_midnight(instant, zone)
    noons = [
        first + Value(timedelta(days=n, hours=12)) for n in range(1, DAYS + 1)
    ]  # or near: days have 23 to 25 hours
    return [first, *(local_midnight(noon, zone) for noon in noons)]


def local_midnight(instant: Any, zone: ZoneInfo) -> Func:
    return Func(Value("day"), instant, Value(str(zone)), function="DATE_TRUNC", output_field=DateTimeField())


def how_many(slots: SlotQuerySet) -> Func:
    """How many there are, MOST_COUNTED at most, as a part of another query."""
    counted = ArraySubquery(slots.order_by().values("pk")[:MOST_COUNTED])
    return Func(counted, function="CARDINALITY", output_field=IntegerField())


def doctors_of(slots: SlotQuerySet) -> Any:
    """The doctors of these `slots`, whose slot is first comes first, as a part of another query."""
    soonest_first = slots.order_by().values("doctor").annotate(first=Min("starts_at")).order_by("first", "doctor")
    return soonest_first.values("doctor")


def strip_start(day: date, today: date) -> date:
    """The first day of the strip that holds `day`."""
    return day - (day - today) % STRIP


def days_from(start: date) -> list[date]:
    return [start + timedelta(days=n) for n in range(DAYS)]


def is_near(day: date, today: date) -> bool:
    return timedelta() <= day - today <= FARTHEST
