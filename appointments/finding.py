"""Finding a doctor and a time: the search, and when each doctor is free first."""

from dataclasses import dataclass
from datetime import datetime

from django.db.models import OuterRef, Q, QuerySet, Subquery
from django.utils import timezone

from clinic.people.models import Doctor
from clinic.people.models.doctors import DoctorQuerySet
from clinic.time import PartOfDay

from .models import Slot
from .models.choices import Status
from .models.queries import AppointmentQuerySet
from .models.slots import SlotQuerySet

FEW_DOCTORS = 100


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
        return self.anybodys_slots(at, hold_key=hold_key).filter(self._whose_slots())

    def anybodys_slots(self, at: datetime, *, hold_key: str = "") -> SlotQuerySet:
        """The same, of doctors who do not fit as well."""
        slots = Slot.objects.bookable(at, for_key=hold_key)
        if self.part:
            return slots.in_part_of_day(PartOfDay(self.part), timezone.get_current_timezone())
        return slots

    def _whose_slots(self) -> Q:
        """The doctors as a condition on slots; few are named one by one, for PostgreSQL to see how few they are."""
        criteria = self._criteria("doctor__")
        if not criteria:
            return criteria
        doctors = list(self.doctors().order_by().values_list("pk", flat=True)[: FEW_DOCTORS + 1])
        return Q(doctor__in=doctors) if len(doctors) <= FEW_DOCTORS else criteria

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
