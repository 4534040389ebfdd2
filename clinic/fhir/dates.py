"""Dates of searches: ``ge2026-11`` as a condition. A day, month or year without an offset is that of UTC."""

import re
from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Any

from django.db.models import Q
from django.utils.translation import gettext as _

from .errors import BadSearch

PREFIXES = ("eq", "ne", "gt", "lt", "ge", "le", "sa", "eb", "ap")
WRITTEN = re.compile(
    r"(?P<prefix>[a-z]{2})?(?P<year>\d{4})(-(?P<month>\d\d)(-(?P<day>\d\d)"
    r"(T(?P<hour>\d\d):(?P<minute>\d\d)(:(?P<second>\d\d)(?P<fraction>\.\d{1,9})?)?(?P<offset>Z|[+ -]\d\d:\d\d)?)?)?)?",
    re.ASCII,
)
ABOUT = 0.1  # of the time between then and now
FIRST, LAST = datetime.min.replace(tzinfo=UTC), datetime.max.replace(tzinfo=UTC)


@dataclass(frozen=True)
class Asked:
    """The half-open interval ``[start, end)`` that somebody wrote, and how it is to be compared."""

    prefix: str
    start: Any  # datetimes; dates, where a column holds days
    end: Any

    def in_days(self) -> "Asked":
        return Asked(self.prefix, self.start.date(), self.end.date())


def read_date(text: str) -> Asked:
    """Raises BadSearch for what is no date, and for a comparison that FHIR does not have."""
    found = WRITTEN.fullmatch(text)
    prefix = found["prefix"] or "eq" if found else ""
    if found is None or prefix not in PREFIXES:
        raise BadSearch(_("“%(text)s” is no date to search by. Write it as ge2026-11-21.") % {"text": text[:40]})
    try:
        start = datetime.fromisoformat(completed(found))
        return Asked(prefix, start, end_of(start, found))
    except (ValueError, OverflowError):
        raise BadSearch(_("There is no such date: “%(text)s”.") % {"text": text[:40]}) from None


def completed(found: re.Match[str]) -> str:
    """The first instant of what was written, in full. An unescaped plus sign comes as a blank."""
    day = "-".join((found["year"], found["month"] or "01", found["day"] or "01"))
    clock = f"{found['hour'] or '00'}:{found['minute'] or '00'}:{found['second'] or '00'}"
    return f"{day}T{clock}{found['fraction'] or ''}{(found['offset'] or 'Z').replace(' ', '+')}"


def end_of(start: datetime, found: re.Match[str]) -> datetime:
    """Where the year, month, day, minute or second ends that begins at `start`."""
    if found["fraction"]:
        return start + timedelta(milliseconds=1)
    if found["hour"]:
        return start + (timedelta(seconds=1) if found["second"] else timedelta(minutes=1))
    if found["day"]:
        return start + timedelta(days=1)
    if found["month"]:
        return (start + timedelta(days=31)).replace(day=1)
    return start.replace(year=start.year + 1)


def at_instant(field: str, asked: Asked) -> Q:
    """The condition on a column that holds one instant."""
    start, end = asked.start, asked.end
    before, since_start = Q(**{f"{field}__lt": start}), Q(**{f"{field}__gte": start})
    until_end, after = Q(**{f"{field}__lt": end}), Q(**{f"{field}__gte": end})
    conditions: dict[str, Callable[[], Q]] = {
        "eq": lambda: since_start & until_end,
        "ne": lambda: before | after,
        "gt": lambda: after,
        "sa": lambda: after,
        "lt": lambda: before,
        "eb": lambda: before,
        "ge": lambda: since_start,
        "le": lambda: until_end,
        "ap": lambda: at_instant(field, widened(asked)),
    }
    return conditions[asked.prefix]()


def in_period(first: str, last: str, asked: Asked) -> Q:
    """The condition on two columns, of which the second is empty while it goes on."""
    start, end = asked.start, asked.end
    goes_on = Q(**{f"{first}__isnull": False, f"{last}__isnull": True})
    within = Q(**{f"{first}__gte": start, f"{last}__lte": end})
    reaches_on = goes_on | Q(**{f"{last}__gt": end})
    begins_before = Q(**{f"{first}__lt": start})
    conditions: dict[str, Callable[[], Q]] = {
        "eq": lambda: within,
        "ne": lambda: Q(**{f"{first}__isnull": False}) & ~within,
        "gt": lambda: reaches_on,
        "lt": lambda: begins_before,
        "ge": lambda: reaches_on | within,
        "le": lambda: begins_before | within,
        "sa": lambda: Q(**{f"{first}__gte": end}),
        "eb": lambda: Q(**{f"{last}__lte": start}),
        "ap": lambda: Q(**{f"{first}__lt": end}) & (goes_on | Q(**{f"{last}__gte": start})),
    }
    return conditions[asked.prefix]()


def widened(asked: Asked) -> Asked:
    """About then: by a tenth of the time between then and now, as far as there are dates."""
    reach = abs(datetime.now(UTC) - asked.start) * ABOUT
    return Asked("eq", asked.start - min(reach, asked.start - FIRST), asked.end + min(reach, LAST - asked.end))
