"""The patient's side: what is next, what waits, what was; and one appointment, which its doctor opens too."""

from datetime import datetime
from typing import Any

from django.db.models import QuerySet
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect
from django.utils import timezone
from django.utils.functional import cached_property
from django.utils.translation import gettext as _
from django.views.generic import ListView, TemplateView, View

from appointments.calendar import calendar_response
from appointments.finding import doctors_again
from appointments.models import Appointment, Offer
from appointments.permissions import is_its_doctor
from appointments.possible import Possible
from appointments.reading import reads_symptoms
from clinic.people.access import SignedInMixin

PAST_AT_HOME = 5
AGAIN_AT_HOME = 3
Status = Appointment.Status


class HomeView(SignedInMixin, TemplateView):
    """The next visit with its door, other visits, requests that wait, the doctors seen before, the last visits."""

    template_name = "appointments/list.html"
    extra_context = {"tab": "home"}

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        now = timezone.now()
        mine = Appointment.objects.of_patients_of(self.user).with_parties().with_visits()
        upcoming = list(mine.upcoming(now))
        visits = [each for each in upcoming if each.status != Status.REQUESTED]
        return super().get_context_data(
            now=now,
            greeting=greeting(now, self.user.given_name),
            next_visit=visits[0] if visits else None,
            can=Possible(self.user, visits[0], now) if visits else None,
            offers=Offer.objects.for_patients_in(mine),
            later_visits=visits[1:],
            requests=[each for each in upcoming if each.status == Status.REQUESTED],
            past=mine.past(now)[:PAST_AT_HOME],
            doctors_again=doctors_again(mine, now)[:AGAIN_AT_HOME],
            **kwargs,
        )


def greeting(at: datetime, name: str) -> str:
    """Good morning, by the reader's clock."""
    hour = timezone.localtime(at).hour
    if not name:
        return _("Welcome")
    if hour < 12:
        return _("Good morning, %(name)s") % {"name": name}
    return (_("Good afternoon, %(name)s") if hour < 18 else _("Good evening, %(name)s")) % {"name": name}


class PastListView(SignedInMixin, ListView):
    """Every appointment that is over or came to nothing, latest first."""

    template_name = "appointments/past.html"
    context_object_name = "past"
    paginate_by = 20
    extra_context = {"tab": "home"}

    def get_queryset(self) -> QuerySet[Appointment]:
        return Appointment.objects.of_patients_of(self.user).with_parties().past(timezone.now())


class AppointmentMixin(SignedInMixin):
    """Views of one appointment: what the user may not see is a 404."""

    request: HttpRequest
    kwargs: dict[str, Any]

    @cached_property
    def appointment(self) -> Appointment:
        visible = Appointment.objects.visible_to(self.user).with_parties().with_visits()
        return get_object_or_404(visible, reference=self.kwargs["reference"])

    @cached_property
    def now(self) -> datetime:
        return timezone.now()

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        is_doctor = is_its_doctor(self.user, self.appointment)
        return super().get_context_data(  # type: ignore[misc]
            appointment=self.appointment,
            is_doctor=is_doctor,
            tab="today" if is_doctor else "home",
            now=self.now,
            **kwargs,
        )


class AppointmentDetailView(AppointmentMixin, TemplateView):
    """Everything about one appointment. Reading the symptoms is on record."""

    template_name = "appointments/detail.html"

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        user, appointment = self.user, self.appointment
        return super().get_context_data(
            is_party=reads_symptoms(user, appointment, request=self.request),
            can=Possible(user, appointment, self.now),
            is_given_up=appointment.is_given_up(self.now),
            events=appointment.events.select_related("actor"),
            **kwargs,
        )


class BookedView(AppointmentMixin, TemplateView):
    """What was just booked: reference, time, how to join, the calendar file."""

    template_name = "appointments/booked.html"

    def get(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        """An emergency that nobody has taken has no time to confirm: its own page says where it stands."""
        if self.appointment.period is None:
            return redirect(self.appointment)
        return super().get(request, *args, **kwargs)


class CalendarView(AppointmentMixin, View):
    """The appointment as a calendar file."""

    def get(self, request: HttpRequest, reference: str) -> HttpResponse:
        return calendar_response(self.appointment)
