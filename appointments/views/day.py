"""The doctor's day: who comes when, what is free, and which requests wait."""

from dataclasses import dataclass
from datetime import date, datetime, timedelta
from itertools import groupby
from typing import Any

from django.db.models import QuerySet
from django.utils import timezone
from django.utils.functional import cached_property
from django.views.generic import ListView, TemplateView

from appointments.forms.answers import LATE_MINUTES
from appointments.models import Appointment, AppointmentEvent, Slot
from appointments.models.emergencies import doctors_on_call
from appointments.models.slots import FARTHEST
from clinic.people.access import ApprovedDoctorMixin
from clinic.people.models import Doctor
from clinic.time import day_bounds

from .asked import asked_day

INBOX = 5
MEMORY = 10 * FARTHEST
Status = Appointment.Status
ON_THE_SCHEDULE = {*Appointment.ACTIVE, Status.COMPLETED, Status.NO_SHOW}


@dataclass(frozen=True)
class Row:
    """One line of the schedule: an appointment, or free times with nothing between them."""

    start: datetime
    end: datetime
    appointment: Appointment | None = None
    free_count: int = 0

    def is_at(self, now: datetime) -> bool:
        return self.start <= now < self.end


def schedule(doctor: Doctor, day: date, *, at: datetime) -> list[Row]:
    """The doctor's day by the reader's clock, in order of time; free time only from `at` on."""
    start, end = day_bounds(day, timezone.get_current_timezone())
    appointments = doctor.appointments.filter(status__in=ON_THE_SCHEDULE).starting_in(start, end)
    free = doctor.slots.filter(status=Slot.Status.OPEN).starting_in(max(start, at), end)
    things: list[Any] = [*appointments.with_parties().with_visits(), *free]
    things.sort(key=lambda thing: thing.starts_at)
    rows: list[Row] = []
    for is_free, group in groupby(things, key=lambda thing: isinstance(thing, Slot)):
        neighbours = list(group)
        if is_free:
            rows.append(Row(neighbours[0].starts_at, neighbours[-1].ends_at, free_count=len(neighbours)))
        else:
            rows += [Row(each.starts_at, each.ends_at, each) for each in neighbours]
    return rows


class WaitingMixin(ApprovedDoctorMixin):
    """A page that shows who waits for the doctor's answer."""

    @cached_property
    def now(self) -> datetime:
        return timezone.now()

    def waiting(self) -> QuerySet[Appointment]:
        return Appointment.objects.waiting_for(self.doctor, self.now).with_parties().prefetch_related("offers")


class TodayView(WaitingMixin, TemplateView):
    """Today, or the day in the address."""

    template_name = "doctor/today.html"
    extra_context = {"tab": "today"}

    @property
    def today(self) -> date:
        return timezone.localdate(self.now)

    @cached_property
    def day(self) -> date:
        asked = asked_day(self.request)
        return asked if asked and abs(asked - self.today) <= MEMORY else self.today

    def told_late(self) -> AppointmentEvent | None:
        """What the doctor said last of being late today."""
        told = AppointmentEvent.objects.filter(kind=AppointmentEvent.Kind.DOCTOR_LATE)
        start, end = day_bounds(self.today, timezone.get_current_timezone())
        return told.filter(appointment__in=self.doctor.appointments.starting_in(start, end)).last()

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        rows = schedule(self.doctor, self.day, at=self.now)
        requests = list(self.waiting())
        return super().get_context_data(
            doctor=self.doctor,
            day=self.day,
            is_today=self.day == self.today,
            day_before=self.day - timedelta(days=1),
            day_after=self.day + timedelta(days=1),
            rows=[(row, row.is_at(self.now)) for row in rows],
            visit_count=sum(row.appointment is not None for row in rows),
            requests=requests[:INBOX],
            request_count=len(requests),
            unsettled=self.doctor.appointments.unsettled(self.now).with_parties(),
            late_choices=LATE_MINUTES,
            told_late=self.told_late(),
            now=self.now,
            **kwargs,
        )


class RequestListView(WaitingMixin, ListView):
    """Everybody who waits for an answer, emergencies first; and who of the others on call has taken one."""

    template_name = "doctor/requests.html"
    context_object_name = "requests"
    extra_context = {"tab": "requests"}

    def get_queryset(self) -> QuerySet[Appointment]:
        return self.waiting()

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        is_on_call = doctors_on_call(self.now).filter(pk=self.doctor.pk).exists()
        taken = Appointment.objects.taken_lately(self.now).exclude(doctor=self.doctor) if is_on_call else []
        offered = self.doctor.appointments.offered_to_patients().with_parties().prefetch_related("offers")
        return super().get_context_data(taken=taken, offered=offered, now=self.now, **kwargs)
