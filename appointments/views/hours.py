"""The doctor's hours: weekly rules, single times, time off, and the times that follow. All by the doctor's clock."""

from datetime import date, datetime, timedelta
from itertools import groupby
from typing import Any
from zoneinfo import ZoneInfo

from django.contrib import messages
from django.forms import BaseForm
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect
from django.utils import timezone
from django.utils.functional import cached_property
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.generic import FormView, TemplateView, View

from appointments import hours
from appointments.forms import AvailabilityForm, SingleSlotForm, SlotForm, TimeOffForm
from appointments.models import Appointment, Availability, Slot, TimeOff
from clinic.errors import RuleViolation
from clinic.people.access import DoctorRequiredMixin

SHOWN_DAYS = 14
FORMS = {"hours_form": AvailabilityForm, "slot_form": SingleSlotForm, "time_off_form": TimeOffForm}


class HoursMixin(DoctorRequiredMixin):
    """Pages of a doctor's hours. They are entered and shown in the doctor's zone, wherever the reader is."""

    @cached_property
    def zone(self) -> ZoneInfo:
        """The doctor's; the reader's as long as none is chosen, when nothing can be published anyway."""
        return ZoneInfo(self.doctor.zone or timezone.get_current_timezone_name())

    @cached_property
    def now(self) -> datetime:
        return timezone.now()


class HoursPage(HoursMixin):
    """The whole page, with its three forms; one of them may be a `form` that was refused."""

    template_name: str | None = "doctor/hours.html"
    form_name = ""

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        forms = {name: form_class(prefix=name, **self.clock) for name, form_class in FORMS.items()}
        if "form" in kwargs:
            forms[self.form_name] = kwargs["form"]
        return super().get_context_data(  # type: ignore[misc]
            tab="hours",
            doctor=self.doctor,
            zone=self.zone,
            week=self.week(),
            days=self.coming_days(),
            times_off=self.times_off(),
            **forms,
            **kwargs,
        )

    @property
    def clock(self) -> dict[str, Any]:
        return {"zone": self.zone, "now": self.now}

    def week(self) -> list[tuple[str, list[Availability]]]:
        """The weekdays, each with its rules; those that are over are left out."""
        today = self.now.astimezone(self.zone).date()
        rules = [
            rule for rule in self.doctor.availabilities.all() if not (rule.valid_until and rule.valid_until < today)
        ]
        days = Availability.Weekday.choices
        return [(str(label), [rule for rule in rules if rule.weekday == day]) for day, label in days]

    def coming_days(self) -> list[tuple[date, list[Slot], int]]:
        """The next days that have times, each with these, and how many of them are booked."""
        times = self.doctor.slots.exclude(status=Slot.Status.WITHDRAWN)
        times = times.starting_in(self.now, self.now + timedelta(days=SHOWN_DAYS)).order_by("starts_at")
        groups = groupby(times, key=lambda slot: slot.starts_at.astimezone(self.zone).date())
        days = [(day, list(slots)) for day, slots in groups]
        return [(day, slots, sum(slot.status == Slot.Status.BOOKED for slot in slots)) for day, slots in days]

    def times_off(self) -> list[tuple[TimeOff, list[Appointment]]]:
        """Time off that is not over, each with the visits that are booked in it all the same."""
        coming = list(self.doctor.appointments.upcoming(self.now).with_parties())
        current = self.doctor.times_off.filter(period__endswith__gt=self.now)
        return [(time_off, [each for each in coming if overlap(each, time_off)]) for time_off in current]


def overlap(appointment: Appointment, time_off: TimeOff) -> bool:
    return appointment.period.lower < time_off.period.upper and time_off.period.lower < appointment.period.upper


class HoursView(HoursPage, TemplateView):
    """A week at a glance, and what patients can book because of it."""


class AddView(HoursPage, FormView):
    """One of the forms of the page was sent."""

    done: Any

    def get(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        return redirect("doctor:hours")

    def get_form_class(self) -> type[BaseForm]:
        return FORMS[self.form_name]

    def get_form_kwargs(self) -> dict[str, Any]:
        return {**super().get_form_kwargs(), **self.clock, "prefix": self.form_name}

    def form_valid(self, form: Any) -> HttpResponse:
        try:
            self.add(form.cleaned_data)
        except RuleViolation as refusal:
            form.add_error(None, str(refusal))
            return self.form_invalid(form)
        messages.success(self.request, self.done)
        return redirect("doctor:hours")

    def add(self, facts: dict[str, Any]) -> None:
        """Make what the form asks for; raises what the rules refuse."""
        raise NotImplementedError


class AddHoursView(AddView):
    form_name = "hours_form"
    done = gettext_lazy("Added. The times are open.")

    def add(self, facts: dict[str, Any]) -> None:
        hours.add_hours(self.doctor, at=self.now, **facts)


class AddSlotView(AddView):
    form_name = "slot_form"
    done = gettext_lazy("Added. The time is open.")

    def add(self, facts: dict[str, Any]) -> None:
        Slot.objects.publish(self.doctor, start=facts["start"], end=facts["end"], at=self.now)


class AddTimeOffView(AddView):
    form_name = "time_off_form"
    done = gettext_lazy("Added. Nobody can book you in this time.")

    def add(self, facts: dict[str, Any]) -> None:
        hours.add_time_off(self.doctor, start=facts["start"], end=facts["end"], at=self.now)


class RemoveHoursView(HoursMixin, View):
    def post(self, request: HttpRequest, uid: str) -> HttpResponse:
        hours.remove_hours(get_object_or_404(self.doctor.availabilities, uid=uid), at=self.now)
        messages.success(request, _("Removed, with the times that nobody has booked."))
        return redirect("doctor:hours")


class RemoveTimeOffView(HoursMixin, View):
    def post(self, request: HttpRequest, uid: str) -> HttpResponse:
        hours.remove_time_off(get_object_or_404(self.doctor.times_off, uid=uid), at=self.now)
        messages.success(request, _("Removed. Your weekly hours hold again."))
        return redirect("doctor:hours")


class WithdrawSlotView(HoursMixin, View):
    """One time is no longer offered. Booked meanwhile, it stays."""

    def post(self, request: HttpRequest) -> HttpResponse:
        form = SlotForm(request.POST, slots=self.doctor.slots.all())
        if not form.is_valid():
            raise Http404
        try:
            form.cleaned_data["slot"].withdraw()
        except RuleViolation as refusal:
            messages.error(request, str(refusal))
        else:
            messages.success(request, _("Withdrawn. Nobody can book this time."))
        return redirect("doctor:hours")
