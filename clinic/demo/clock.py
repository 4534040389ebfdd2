"""When things happen in the demo: words for an instant, and the clock set to it."""

import re
from datetime import UTC, datetime, time, timedelta
from zoneinfo import ZoneInfo

import time_machine

WEEKDAYS = ("mon", "tue", "wed", "thu", "fri", "sat", "sun")
STEP = timedelta(minutes=5)
ON_A_DAY = re.compile(r"(\w{3}) (\d\d:\d\d), (\d+) weeks? ago")
FROM_NOW = re.compile(r"(\d+) minutes (ago|ahead)")
NOT_BEFORE = re.compile(r"in (\d+) days?")


def set_to(at: datetime) -> time_machine.travel:
    """Context manager: the process's clock stands at the instant `at`."""
    return time_machine.travel(at.astimezone(UTC), tick=False)


def instant(words: str, *, zone: ZoneInfo, now: datetime) -> datetime:
    """The instant that `words` name: "Tue 10:20, 9 weeks ago" on the clock of `zone`, "8 minutes ago", "now"."""
    if words == "now":
        return rounded(now) + STEP
    if match := FROM_NOW.fullmatch(words):
        minutes = int(match[1]) * (1 if match[2] == "ahead" else -1)
        return rounded(now + timedelta(minutes=minutes))
    if match := ON_A_DAY.fullmatch(words):
        return on_a_day(match[1], time.fromisoformat(match[2]), weeks_ago=int(match[3]), zone=zone, now=now)
    raise ValueError(f"no instant: {words}")


def on_a_day(weekday: str, clock: time, *, weeks_ago: int, zone: ZoneInfo, now: datetime) -> datetime:
    today = now.astimezone(zone).date()
    monday = today - timedelta(days=today.weekday(), weeks=weeks_ago)
    day = monday + timedelta(days=WEEKDAYS.index(weekday.lower()))
    return datetime.combine(day, clock, tzinfo=zone).astimezone(UTC)


def days_ahead(words: str) -> timedelta | None:
    """Two days for "in 2 days"; None for words that name an instant."""
    match = NOT_BEFORE.fullmatch(words)
    return timedelta(days=int(match[1])) if match else None


def rounded(at: datetime) -> datetime:
    """`at`, back to a full five minutes."""
    return at - timedelta(minutes=at.minute % 5, seconds=at.second, microseconds=at.microsecond)
