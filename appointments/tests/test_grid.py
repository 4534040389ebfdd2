"""Weekly hours on the wall clock, above all on the days on which clocks change."""

from datetime import UTC, date, datetime, time, timedelta
from itertools import pairwise
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from appointments.grid import Busy, ClockChange, Pace, clock_changes, visits_between

TWENTY = Pace(length=timedelta(minutes=20), gap=timedelta())
ZONES = ["America/New_York", "Europe/Berlin", "Australia/Lord_Howe", "Asia/Kolkata", "Africa/Casablanca", "UTC"]
days = st.dates(date(2024, 1, 1), date(2030, 12, 31))
clocks = st.times().map(lambda clock: clock.replace(second=0, microsecond=0))
paces = st.builds(
    Pace,
    length=st.integers(5, 240).map(lambda minutes: timedelta(minutes=minutes)),
    gap=st.integers(0, 60).map(lambda minutes: timedelta(minutes=minutes)),
)


def local_starts(starts: time, ends: time, day: date, zone: str) -> list[str]:
    tz = ZoneInfo(zone)
    visits = visits_between(starts, ends, day=day, zone=tz, pace=TWENTY)
    return [f"{start.astimezone(tz):%H:%M}" for start, _end in visits]


def test_nine_o_clock_is_nine_o_clock_on_both_sides_of_a_clock_change():
    zone = ZoneInfo("Europe/Berlin")

    winter = next(visits_between(time(9), time(10), day=date(2026, 3, 28), zone=zone, pace=TWENTY))
    summer = next(visits_between(time(9), time(10), day=date(2026, 3, 29), zone=zone, pace=TWENTY))

    assert (winter[0], summer[0]) == (datetime(2026, 3, 28, 8, tzinfo=UTC), datetime(2026, 3, 29, 7, tzinfo=UTC))


def test_the_hour_that_a_clock_change_skips_is_left_out():
    assert local_starts(time(1, 30), time(3, 30), date(2026, 3, 29), "Europe/Berlin") == ["01:30", "01:50", "03:10"]


def test_the_half_hour_that_lord_howe_skips_is_left_out():
    assert local_starts(time(1, 40), time(3), date(2026, 10, 4), "Australia/Lord_Howe") == ["01:40", "02:40"]


def test_the_hour_that_happens_twice_is_offered_once():
    visits = list(
        visits_between(time(1, 40), time(3), day=date(2026, 11, 1), zone=ZoneInfo("America/New_York"), pace=TWENTY)
    )

    assert [f"{start:%H:%M}" for start, _end in visits] == ["05:40", "07:00", "07:20", "07:40"]


def test_a_gap_lies_between_two_visits():
    pace = Pace(length=timedelta(minutes=20), gap=timedelta(minutes=10))

    starts = [f"{start:%H:%M}" for start, _ in visits_between(
        time(9), time(10, 20), day=date(2026, 6, 1), zone=ZoneInfo("UTC"), pace=pace
    )]  # fmt: skip

    assert starts == ["09:00", "09:30", "10:00"]


@given(days, clocks, clocks, paces, st.sampled_from(ZONES))
def test_every_visit_lies_on_the_grid_of_the_wall_clock(day, starts, ends, pace, zone):
    tz = ZoneInfo(zone)
    step = (pace.length + pace.gap) // timedelta(minutes=1)

    for start, end in visits_between(starts, ends, day=day, zone=tz, pace=pace):
        clock = start.astimezone(tz).replace(tzinfo=None)
        minutes = (clock - datetime.combine(day, starts)) // timedelta(minutes=1)
        assert minutes >= 0
        assert minutes % step == 0
        assert end - start == pace.length


@given(days, clocks, clocks, st.sampled_from(ZONES))
def test_no_wall_clock_time_is_offered_twice(day, starts, ends, zone):
    times = local_starts(starts, ends, day, zone)

    assert len(times) == len(set(times))


instants = st.datetimes(datetime(2026, 1, 1), datetime(2026, 1, 3)).map(lambda at: at.replace(tzinfo=UTC))  # noqa: DTZ001
intervals = st.tuples(instants, st.integers(1, 600)).map(lambda pair: (pair[0], pair[0] + timedelta(minutes=pair[1])))


@given(st.lists(intervals), intervals)
def test_busy_time_knows_every_overlap(taken, asked):
    overlapping = any(start < asked[1] and asked[0] < end for start, end in taken)

    assert Busy(taken).overlaps(asked) is overlapping


def test_back_to_back_is_no_overlap():
    nine, ten = datetime(2026, 1, 1, 9, tzinfo=UTC), datetime(2026, 1, 1, 10, tzinfo=UTC)

    assert not Busy([(nine, ten)]).overlaps((ten, ten + timedelta(hours=1)))


@pytest.mark.parametrize(("ends", "count"), [(time(9, 19), 0), (time(9, 20), 1), (time(9, 59), 2), (time(10), 3)])
def test_a_visit_ends_within_the_hours(ends, count):
    assert len(local_starts(time(9), ends, date(2026, 6, 1), "UTC")) == count


CHANGES = [
    ("America/New_York", date(2026, 3, 8), time(2), time(3)),
    ("America/New_York", date(2026, 11, 1), time(2), time(1)),
    ("Europe/Berlin", date(2026, 3, 29), time(2), time(3)),
    ("Europe/Berlin", date(2026, 10, 25), time(3), time(2)),
    ("Australia/Lord_Howe", date(2026, 4, 5), time(2), time(1, 30)),
    ("Australia/Lord_Howe", date(2026, 10, 4), time(2), time(2, 30)),
    ("Africa/Casablanca", date(2026, 2, 15), time(3), time(2)),
    ("Africa/Casablanca", date(2026, 3, 22), time(2), time(3)),
    ("Africa/Cairo", date(2026, 4, 24), time(0), time(1)),
]


@pytest.mark.parametrize(("zone", "day", "instead_of", "shows"), CHANGES)
def test_a_clock_change_is_found_to_the_minute(zone, day, instead_of, shows):
    week = [day + timedelta(days=n) for n in range(-3, 4)]

    assert list(clock_changes(ZoneInfo(zone), week)) == [ClockChange(day, instead_of, shows)]


@pytest.mark.parametrize("zone", ["Asia/Kolkata", "UTC"])
def test_where_clocks_never_change_there_is_nothing_to_find(zone):
    year = [date(2026, 1, 1) + timedelta(days=n) for n in range(365)]

    assert list(clock_changes(ZoneInfo(zone), year)) == []


@given(days, clocks, clocks, st.sampled_from(ZONES))
def test_only_the_hours_around_a_clock_change_lose_times(day, starts, ends, zone):
    """Away from clock changes each time of the grid is offered; on such a day what is missing does not exist."""
    tz = ZoneInfo(zone)
    room = datetime.combine(day, ends) - datetime.combine(day, starts)
    on_the_grid = max(room // TWENTY.length, 0)

    offered = local_starts(starts, ends, day, zone)

    lost = on_the_grid - len(offered)
    assert lost == 0 or any(change.is_forward for change in clock_changes(tz, [day]))


@given(days, clocks, clocks, paces, st.sampled_from(ZONES))
def test_visits_of_a_day_without_a_clock_change_never_overlap(day, starts, ends, pace, zone):
    tz = ZoneInfo(zone)
    visits = list(visits_between(starts, ends, day=day, zone=tz, pace=pace))

    if not list(clock_changes(tz, [day])):
        assert all(before[1] + pace.gap == after[0] for before, after in pairwise(visits))


def minutes_of(interval: tuple[datetime, datetime]) -> set[datetime]:
    return {interval[0] + timedelta(minutes=n) for n in range((interval[1] - interval[0]) // timedelta(minutes=1))}


whole_minutes = intervals.map(lambda pair: tuple(instant.replace(second=0, microsecond=0) for instant in pair))


@given(st.lists(whole_minutes), whole_minutes)
def test_busy_time_contains_what_its_intervals_cover_together(taken, asked):
    covered = set().union(*(minutes_of(each) for each in taken))

    assert Busy(taken).contains(asked) is (minutes_of(asked) <= covered)
