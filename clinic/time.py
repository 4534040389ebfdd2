"""Days, zones and clock arithmetic. Instants are UTC; a local day is 23 to 25 hours long."""

import zoneinfo
from datetime import UTC, date, datetime, time, timedelta
from functools import cache
from zoneinfo import ZoneInfo

from django.core.exceptions import ValidationError
from django.db.models import TextChoices
from django.utils.translation import gettext_lazy as _


class PartOfDay(TextChoices):
    """How people cut a day, by the hours of a wall clock."""

    MORNING = "morning", _("Morning")
    EARLY_AFTERNOON = "early-afternoon", _("Early afternoon")
    LATE_AFTERNOON = "late-afternoon", _("Late afternoon")
    EVENING = "evening", _("Evening")

    @property
    def hours(self) -> range:
        return PART_HOURS[self]

    @classmethod
    def at(cls, hour: int) -> "PartOfDay":
        return next(part for part in cls if hour in part.hours)


PART_HOURS = {
    PartOfDay.MORNING: range(12),
    PartOfDay.EARLY_AFTERNOON: range(12, 16),
    PartOfDay.LATE_AFTERNOON: range(16, 19),
    PartOfDay.EVENING: range(19, 24),
}


@cache
def zone_names() -> tuple[str, ...]:
    """The IANA zones that a person may choose: places and UTC, without abbreviations such as EST5EDT."""
    return tuple(sorted(name for name in zoneinfo.available_timezones() if is_place(name)))


def is_place(name: str) -> bool:
    """Whether `name` reads like a place (``Europe/Lisbon``) or is UTC."""
    region, _slash, city = name.partition("/")
    return name == "UTC" or (bool(city) and region not in {"Etc", "SystemV", "US", "posix", "right"})


def validate_zone(name: str) -> None:
    """Model and form validator: `name` is an IANA zone that we know."""
    if name not in zone_names():
        raise ValidationError(_("Choose a time zone from the list, like Europe/Lisbon."), code="unknown_zone")


def months_before(at: datetime, months: int) -> datetime:
    """The first instant, in UTC, of the month that began `months` before that of `at`."""
    months_since_0 = at.year * 12 + at.month - 1 - months
    return datetime(months_since_0 // 12, months_since_0 % 12 + 1, 1, tzinfo=UTC)


def day_bounds(day: date, zone: ZoneInfo) -> tuple[datetime, datetime]:
    """The half-open interval ``[start, end)`` that `day` covers in `zone`.

    Both ends are aware and in UTC; they are 23 to 25 hours apart, because clocks change.
    """
    start = datetime.combine(day, time.min, tzinfo=zone)
    end = datetime.combine(day + timedelta(days=1), time.min, tzinfo=zone)
    return start.astimezone(UTC), end.astimezone(UTC)


def local_instant(day: date, clock: time, zone: ZoneInfo) -> datetime:
    """The instant at which the wall clock of `zone` shows this; the first, where there are two."""
    return datetime.combine(day, clock, tzinfo=zone).astimezone(UTC)


def exists(local: datetime) -> bool:
    """Whether the aware wall-clock time `local` happens: False in the hour that a clock change skips."""
    back = local.astimezone(UTC).astimezone(local.tzinfo)
    return back.replace(tzinfo=None) == local.replace(tzinfo=None)
