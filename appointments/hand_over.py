"""A doctor's day that somebody else has to take: what can become of each appointment, and doing it."""

from collections.abc import Iterable
from datetime import date, datetime
from typing import Any

from django.utils.functional import cached_property
from django.utils.translation import gettext as _

from clinic.people.models import Doctor, User
from clinic.templatetags.portal import day_and_time, short_day
from clinic.time import day_bounds

from .hours import zone_of
from .models import Appointment, Slot
from .models.choices import MOVABLE, EndReason
from .models.slots import FARTHEST

LATER_TIMES = 8
MOST = 100  # on one page; the next ones come when these are settled
KEEP, CANCEL, TO_DOCTOR, TO_TIME = "keep", "cancel", "doctor", "time"


class HandOver:
    """The appointments of `doctor` on `day`, by the doctor's clock, or all to come without one; where each could go."""

    def __init__(self, doctor: Doctor, day: date | None, *, at: datetime) -> None:
        self.doctor, self.day, self.at = doctor, day, at
        self.start, self.end = day_bounds(day, zone_of(doctor)) if day else (at, at + FARTHEST)

    @cached_property
    def appointments(self) -> list[Appointment]:
        """Those of the day that can still go elsewhere, soonest first."""
        of_day = self.doctor.appointments.filter(status__in=MOVABLE).starting_in(self.start, self.end)
        return list(of_day.filter(period__endswith__gt=self.at).with_parties()[:MOST])

    @cached_property
    def colleagues(self) -> list[Doctor]:
        """Practising doctors with one of the same specialties."""
        others = Doctor.objects.practising().exclude(pk=self.doctor.pk).select_related("user")
        return list(others.filter(specialties__in=self.doctor.specialties.all()).distinct())

    @cached_property
    def later_times(self) -> list[Slot]:
        """The doctor's first free times after the day; none of one who does not practise."""
        if self.day is None or not self.doctor.is_practising:
            return []
        free = self.doctor.slots.free(self.at).filter(starts_at__gte=max(self.end, self.at))
        return list(free.order_by("starts_at")[:LATER_TIMES])

    @cached_property
    def _visits_of_colleagues(self) -> list[tuple[int, Any]]:
        visits = Appointment.objects.active().filter(doctor__in=self.colleagues, period__endswith__gt=self.start)
        return list(visits.filter(starts_at__lt=self.end).values_list("doctor_id", "period"))

    def choices_for(self, appointment: Appointment) -> list[Any]:
        """What can become of `appointment`, as the grouped choices of a form."""
        doctors = [(f"{TO_DOCTOR}:{each.slug}", each.name) for each in self.free_colleagues(appointment)]
        times = [
            (f"{TO_TIME}:{slot.uid}", day_and_time(short_day(slot.starts_at), slot.starts_at))
            for slot in self.later_times
        ]
        ends: list[Any] = [(KEEP, _("Leave it as it is")), (CANCEL, _("Cancel it"))]
        groups = [(_("Give it to"), doctors), (_("Move it to"), times)]
        return [*ends, *(group for group in groups if group[1])]

    def do(self, appointment: Appointment, what: str, *, by: User) -> bool:
        """Do what was chosen with `appointment`. Gives whether anything changed; raises what the rules refuse."""
        kind, _colon, key = what.partition(":")
        if kind == CANCEL:
            appointment.cancel(by=by, reason=EndReason.DOCTOR_UNAVAILABLE)
        elif kind == TO_DOCTOR:
            appointment.hand_over(next(each for each in self.colleagues if each.slug == key), by=by, at=self.at)
        elif kind == TO_TIME:
            appointment.move(next(slot for slot in self.later_times if slot.uid == key), by=by, at=self.at)
        return kind != KEEP

    def free_colleagues(self, appointment: Appointment) -> Iterable[Doctor]:
        """Who could take `appointment` at its time."""
        start, end = appointment.period.lower, appointment.period.upper
        busy = {pk for pk, period in self._visits_of_colleagues if period.lower < end and start < period.upper}
        return [each for each in self.colleagues if each.pk not in busy]
