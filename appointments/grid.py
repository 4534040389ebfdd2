"""The clock arithmetic of weekly hours: which visits fit into them by the doctor's wall clock."""

from bisect import bisect_right
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from zoneinfo import ZoneInfo

from clinic.time import day_bounds, exists

Interval = tuple[datetime, datetime]  # half-open


@dataclass(frozen=True)
class Pace:
    """How long the visits are, and how much time stays free between two of them."""

    length: timedelta
    gap: timedelta


def visits_between(starts: time, ends: time, *, day: date, zone: ZoneInfo, pace: Pace) -> Iterator[Interval]:
    """The visits, in UTC, that fit between two times of the wall clock on the local day `day`.

    They start at the same wall-clock times on both sides of a clock change. A time that the change skips is left out,
    one that happens twice is taken the first time only; so neighbours may come close, or overlap, on such a day.
    """
    clock, end = datetime.combine(day, starts), datetime.combine(day, ends)
    while clock + pace.length <= end:
        local = clock.replace(tzinfo=zone)
        if exists(local):
            start = local.astimezone(UTC)
            yield start, start + pace.length
        clock += pace.length + pace.gap


@dataclass(frozen=True)
class ClockChange:
    """The clock of a zone jumps on the local day `day`: it shows `shows` instead of `instead_of`."""

    day: date
    instead_of: time
    shows: time

    @property
    def is_forward(self) -> bool:
        """Whether times are skipped; else they happen twice."""
        return self.shows > self.instead_of


def clock_changes(zone: ZoneInfo, days: Iterable[date]) -> Iterator[ClockChange]:
    """The clock changes of `zone` on these days, in order."""
    for day in days:
        start, end = day_bounds(day, zone)
        if end - start != timedelta(days=1):
            yield change_between(start, end, zone)


def change_between(start: datetime, end: datetime, zone: ZoneInfo) -> ClockChange:
    """The one clock change of `zone` in ``[start, end)``."""
    old, new = start - timedelta(minutes=1), end - timedelta(minutes=1)  # one that comes at midnight counts
    offset = old.astimezone(zone).utcoffset()
    while new - old > timedelta(minutes=1):
        middle = old + (new - old) // timedelta(minutes=2) * timedelta(minutes=1)
        if middle.astimezone(zone).utcoffset() == offset:
            old = middle
        else:
            new = middle
    shows = new.astimezone(zone)
    return ClockChange(shows.date(), (new + (offset or timedelta())).time(), shows.time())


class Busy:
    """Time that is taken; says quickly whether something new would be in its way."""

    def __init__(self, intervals: Iterable[Interval]) -> None:
        self._starts: list[datetime] = []
        self._ends: list[datetime] = []
        for start, end in sorted(intervals):
            if self._ends and start <= self._ends[-1]:
                self._ends[-1] = max(self._ends[-1], end)
            else:
                self._starts.append(start)
                self._ends.append(end)

    def __iter__(self) -> Iterator[Interval]:
        return zip(self._starts, self._ends, strict=True)

    def contains(self, interval: Interval) -> bool:
        """Whether all of it is taken."""
        place = bisect_right(self._starts, interval[0]) - 1
        return place >= 0 and interval[1] <= self._ends[place]

    def overlaps(self, interval: Interval) -> bool:
        next_one = bisect_right(self._ends, interval[0])
        return next_one < len(self._ends) and self._starts[next_one] < interval[1]


def widened(interval: Interval, by: timedelta) -> Interval:
    return interval[0] - by, interval[1] + by
