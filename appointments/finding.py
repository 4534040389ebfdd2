"""Finding a doctor and a time: the search, the strip of days, and the times of one day."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from itertools import groupby
from typing import Any

from django.db.models import OuterRef, Q, QuerySet, Subquery
from django.db.models.functions import TruncDate
from django.utils import timezone

from clinic.people.models import Doctor
from clinic.people.models.doctors import DoctorQuerySet
from clinic.time import PartOfDay, day_bounds

from .models import Slot
from .models.choices import Status
from .models.queries import AppointmentQuerySet
from .models.slots import FARTHEST, SlotQuerySet

STRIP = timedelta(days=7)
SHOWN_TIMES = 400  # of one day; whoever sees as many had better narrow the search


@dataclass(frozen=True)
class Search:
    """What somebody looks for; empty words mean any. Specialty and clinic are names in addresses.

    `part` is a PartOfDay, by the current time zone.
    """

    specialty: str = ""
    language: str = ""
    clinic: str = ""
    q: str = ""
    part: str = ""

    def doctors(self) -> DoctorQuerySet:
        return Doctor.objects.practising().filter(self._criteria(""))

    def slots(self, at: datetime, *, hold_key: str = "") -> SlotQuerySet:
        """What can be booked at the instant `at`, soonest first; the holder of `hold_key` sees their own hold too."""
        slots = Slot.objects.bookable(at, for_key=hold_key).filter(self._criteria("doctor__"))
        if self.part:
            return slots.in_part_of_day(PartOfDay(self.part), timezone.get_current_timezone())
        return slots

    def _criteria(self, doctor: str) -> Q:
        """The search as conditions on a doctor, whose fields are found under the prefix `doctor`."""
        criteria = Q()
        if self.specialty:
            criteria &= Q(**{f"{doctor}specialties__slug": self.specialty})
        if self.language:
            criteria &= Q(**{f"{doctor}languages__contains": [self.language]})
        if self.clinic:
            criteria &= Q(**{f"{doctor}clinic__slug": self.clinic})
        for word in self.q.split():
            given, family = f"{doctor}user__given_name__icontains", f"{doctor}user__family_name__icontains"
            criteria &= Q(**{given: word}) | Q(**{family: word})
        return criteria


def with_next_free_time(doctors: QuerySet[Doctor], slots: SlotQuerySet) -> QuerySet[Doctor]:
    """Each doctor with `next_free_at`, the start of the first of `slots` that is theirs, or None."""
    return doctors.annotate(next_free_at=slots.filter(doctor=OuterRef("pk")).first_start())


def doctors_again(appointments: AppointmentQuerySet, at: datetime) -> QuerySet[Doctor]:
    """The practising doctors of the completed ones of these `appointments`, last seen first, as above."""
    met = appointments.filter(status=Status.COMPLETED)
    seen = met.filter(doctor=OuterRef("pk")).order_by("-starts_at")
    doctors = Doctor.objects.practising().listed().filter(pk__in=met.order_by().values("doctor"))
    doctors = doctors.annotate(seen_at=Subquery(seen.values("starts_at")[:1])).order_by("-seen_at")
    return with_next_free_time(doctors, Slot.objects.bookable(at))


@dataclass(frozen=True)
class StripDay:
    """One day of the strip, with the number of its free times."""

    day: date
    count: int


@dataclass(frozen=True)
class DayStrip:
    """Seven days of the reader, one of them chosen, with the ways to the weeks before and after.

    `times` are the free times of the chosen day, SHOWN_TIMES at most; `next_free` is the first one after that day.
    """

    days: list[StripDay]
    chosen: date
    earlier: date | None
    later: date | None
    times: list[Slot]
    next_free: Slot | None

    @property
    def has_more(self) -> bool:
        """Whether the chosen day has more free times than are shown."""
        return len(self.times) < next(each.count for each in self.days if each.day == self.chosen)


def day_strip(slots: SlotQuerySet, *, wanted: date | None, at: datetime) -> DayStrip:
    """The strip around the day `wanted`, else around the first day with a free time, else from today.

    Days are those of the current time zone, the reader's. Strips start today, a week from today, and so on. The slots
    are read in one query.
    """
    today = timezone.localdate(at)
    if wanted is None or not is_near(wanted, today):
        wanted = None
    rows = list(glance(slots, strip_start(wanted, today) if wanted else None, chosen=wanted).with_listed_doctors())
    chosen = wanted or (rows[0].day if rows else today)
    start = strip_start(chosen, today)
    end = start + STRIP
    counts = {row.day: row.day_count for row in rows}
    return DayStrip(
        days=[StripDay(day, counts.get(day, 0)) for day in days_from(start)],
        chosen=chosen,
        earlier=start - STRIP if start > today else None,
        later=end if rows and rows[-1].day >= end else None,
        times=[row for row in rows if row.day == chosen],
        next_free=next((row for row in rows if row.day > chosen), None),
    )


def glance(slots: SlotQuerySet, start: date | None, *, chosen: date | None) -> Any:
    """The slots of the strip that begins on the day `start`, or of one around the first free time."""
    zone = timezone.get_current_timezone()
    if start is None:
        first: Any = slots.first_start()
        span: Any = {"start": first, "until": first + (STRIP + timedelta(days=1))}  # a day may have 25 hours
        return slots.glance(**span, chosen=TruncDate(first, tzinfo=zone), zone=zone, most=SHOWN_TIMES)
    span = {"start": day_bounds(start, zone)[0], "until": day_bounds(start + STRIP, zone)[0]}
    return slots.glance(**span, chosen=chosen, zone=zone, most=SHOWN_TIMES)


def strip_start(day: date, today: date) -> date:
    """The first day of the strip that holds `day`."""
    return day - (day - today) % STRIP


def days_from(start: date) -> list[date]:
    return [start + timedelta(days=n) for n in range(STRIP.days)]


def is_near(day: date, today: date) -> bool:
    return timedelta() <= day - today <= FARTHEST


def by_doctor(slots: list[Slot]) -> Iterator[tuple[Doctor, list[Slot]]]:
    """The slots of each doctor; who is free first comes first."""
    place = {doctor_id: n for n, doctor_id in enumerate(dict.fromkeys(slot.doctor_id for slot in slots))}
    ordered = sorted(slots, key=lambda slot: (place[slot.doctor_id], slot.starts_at))
    for _doctor_id, group in groupby(ordered, key=lambda slot: slot.doctor_id):
        times = list(group)
        yield times[0].doctor, times
