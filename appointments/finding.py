"""Finding a doctor and a time: the search, the strip of days, and the times of one day."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from itertools import groupby

from django.db.models import OuterRef, Q, QuerySet, Subquery
from django.utils import timezone

from clinic.people.models import Doctor
from clinic.people.models.doctors import DoctorQuerySet
from clinic.time import day_bounds

from .models import Slot
from .models.slots import FARTHEST, SlotQuerySet

STRIP_DAYS = 7
SHOWN_TIMES = 400  # of one day; whoever sees as many had better narrow the search


@dataclass(frozen=True)
class Search:
    """What somebody looks for; empty words mean any. Specialty and clinic are names in addresses."""

    specialty: str = ""
    language: str = ""
    clinic: str = ""
    q: str = ""

    def doctors(self) -> DoctorQuerySet:
        return Doctor.objects.practising().filter(self._criteria(""))

    def slots(self, at: datetime, *, hold_key: str = "") -> SlotQuerySet:
        """What can be booked at the instant `at`, soonest first; the holder of `hold_key` sees their own hold too."""
        return Slot.objects.bookable(at, for_key=hold_key).filter(self._criteria("doctor__"))

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


def with_next_free_time(doctors: QuerySet[Doctor], at: datetime) -> QuerySet[Doctor]:
    """Each doctor with `next_free_at`, the start of the first time that can be booked, or None."""
    slots = Slot.objects.bookable(at).filter(doctor=OuterRef("pk"))
    return doctors.annotate(next_free_at=Subquery(slots.values("starts_at")[:1]))


@dataclass(frozen=True)
class StripDay:
    """One day of the strip, with the number of its free times."""

    day: date
    count: int


@dataclass(frozen=True)
class DayStrip:
    """Seven days of the reader, one of them chosen, with the ways to the weeks before and after."""

    days: list[StripDay]
    chosen: date
    earlier: date | None
    later: date | None

    @property
    def chosen_count(self) -> int:
        return next(each.count for each in self.days if each.day == self.chosen)


def day_strip(slots: SlotQuerySet, *, wanted: date | None, at: datetime) -> DayStrip:
    """The strip around the day `wanted`, else around the first day with a free time, else from today.

    Days are those of the current time zone, the reader's. Strips start today, a week from today, and so on.
    """
    today = timezone.localdate(at)
    chosen = wanted if wanted and is_near(wanted, today) else first_day(slots) or today
    start = chosen - timedelta(days=(chosen - today).days % STRIP_DAYS)
    end = start + timedelta(days=STRIP_DAYS)
    zone = timezone.get_current_timezone()
    midnight, end_midnight = day_bounds(start, zone)[0], day_bounds(end, zone)[0]
    counts = slots.starting_in(midnight, end_midnight).count_by_day(zone)
    days = [start + timedelta(days=n) for n in range(STRIP_DAYS)]
    return DayStrip(
        days=[StripDay(day, counts.get(day, 0)) for day in days],
        chosen=chosen,
        earlier=start - timedelta(days=STRIP_DAYS) if start > today else None,
        later=end if slots.filter(starts_at__gte=end_midnight).exists() else None,
    )


def is_near(day: date, today: date) -> bool:
    return timedelta() <= day - today <= FARTHEST


def first_day(slots: SlotQuerySet) -> date | None:
    first = slots.values_list("starts_at", flat=True).first()
    return timezone.localdate(first) if first else None


def times_on(slots: SlotQuerySet, day: date) -> list[Slot]:
    """The times of one of the reader's days, with their doctors; SHOWN_TIMES at most."""
    start, end = day_bounds(day, timezone.get_current_timezone())
    return list(slots.starting_in(start, end).with_doctors()[:SHOWN_TIMES])


def by_doctor(slots: list[Slot]) -> Iterator[tuple[Doctor, list[Slot]]]:
    """The slots of each doctor; who is free first comes first."""
    place = {doctor_id: n for n, doctor_id in enumerate(dict.fromkeys(slot.doctor_id for slot in slots))}
    ordered = sorted(slots, key=lambda slot: (place[slot.doctor_id], slot.starts_at))
    for _doctor_id, group in groupby(ordered, key=lambda slot: slot.doctor_id):
        times = list(group)
        yield times[0].doctor, times
