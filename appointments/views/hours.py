"""The doctor's hours at a glance, with single times, time off, and what follows. All by the doctor's clock."""

from abc import ABC, abstractmethod
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
from appointments.errors import VisitsInTheWay, ZoneMissing
from appointments.forms import OnCallForm, SingleSlotForm, SlotForm, TimeOffForm
from appointments.models import Availability, Slot
from appointments.plan import WorkingTime
from clinic.errors import RuleViolation
from clinic.people.access import DoctorRequiredMixin

SHOWN_DAYS = 14
FORMS = {"slot_form": SingleSlotForm, "time_off_form": TimeOffForm, "on_call_form": OnCallForm}


class HoursMixin(DoctorRequiredMixin):
    """Pages of a doctor's hours. They are entered and shown in the doctor's zone, wherever the reader is."""

    extra_context: Any = {"tab": "hours"}

    @cached_property
    def zone(self) -> ZoneInfo:
        """The doctor's; the reader's as long as none is chosen, when nothing can be published anyway."""
        return ZoneInfo(self.doctor.zone or timezone.get_current_timezone_name())

    @cached_property
    def now(self) -> datetime:
        return timezone.now()

    @property
    def today(self) -> date:
        return self.now.astimezone(self.zone).date()

    @cached_property
    def work(self) -> WorkingTime | None:
        """None as long as the doctor has no zone."""
        try:
            return WorkingTime(self.doctor, at=self.now)
        except ZoneMissing:
            return None

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        return super().get_context_data(doctor=self.doctor, zone=self.zone, **kwargs)  # type: ignore[misc]


class HoursPage(HoursMixin):
    """The whole page, with its forms; one of them may be a `form` that was refused."""

    template_name: str | None = "doctor/hours.html"
    form_name = ""

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        forms = {name: form_class(prefix=name, **self.clock) for name, form_class in FORMS.items()}
        if "form" in kwargs:
            forms[self.form_name] = kwargs["form"]
        return super().get_context_data(
            work=self.work,
            today=self.today,
            week=self.week(),
            days=self.coming_days(),
            times_off=self.doctor.times_off.filter(period__endswith__gt=self.now),
            on_call_times=self.doctor.on_call_times.filter(period__endswith__gt=self.now),
            **forms,
            **kwargs,
        )

    @property
    def clock(self) -> dict[str, Any]:
        return {"zone": self.zone, "now": self.now}

    def week(self) -> list[tuple[Availability.Weekday, list[Availability]]]:
        """The weekdays, each with its rules; those that are over are left out."""
        rules = [rule for rule in self.doctor.availabilities.all() if not rule.is_over(self.today)]
        return [(day, [rule for rule in rules if rule.weekday == day]) for day in Availability.Weekday]

    def coming_days(self) -> list[tuple[date, list[Slot], int]]:
        """The next days that have times, each with these, and how many of them are booked."""
        times = self.doctor.slots.filter(status__in=[Slot.Status.OPEN, Slot.Status.BOOKED])
        times = times.starting_in(self.now, self.now + timedelta(days=SHOWN_DAYS)).order_by("starts_at")
        groups = groupby(times, key=lambda slot: slot.starts_at.astimezone(self.zone).date())
        days = [(day, list(slots)) for day, slots in groups]
        return [(day, slots, sum(slot.status == Slot.Status.BOOKED for slot in slots)) for day, slots in days]


class HoursView(HoursPage, TemplateView):
    """A week at a glance, and what patients can book because of it."""


class AddView(HoursPage, FormView, ABC):
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
            self.add(start=form.cleaned_data["start"], end=form.cleaned_data["end"])
        except VisitsInTheWay as refusal:
            return self.render_to_response(self.get_context_data(form=form, in_the_way=refusal.visits))
        except RuleViolation as refusal:
            form.add_error(None, str(refusal))
            return self.form_invalid(form)
        messages.success(self.request, self.done)
        return redirect("doctor:hours")

    @abstractmethod
    def add(self, *, start: datetime, end: datetime) -> None:
        """Make what the form asks for; raises what the rules refuse."""


class AddSlotView(AddView):
    form_name = "slot_form"
    done = gettext_lazy("Added. The time is open.")

    def add(self, *, start: datetime, end: datetime) -> None:
        Slot.objects.publish(self.doctor, start=start, end=end, at=self.now)


class AddTimeOffView(AddView):
    form_name = "time_off_form"
    done = gettext_lazy("Added. Nobody can book you in this time.")

    def add(self, *, start: datetime, end: datetime) -> None:
        keep_visits = "keep_visits" in self.request.POST
        hours.add_time_off(self.doctor, start=start, end=end, at=self.now, keep_visits=keep_visits)


class AddOnCallView(AddView):
    form_name = "on_call_form"
    done = gettext_lazy("Added. Emergency requests reach you in this time.")

    def add(self, *, start: datetime, end: datetime) -> None:
        hours.add_on_call(self.doctor, start=start, end=end)


class RemoveTimeOffView(HoursMixin, View):
    def post(self, request: HttpRequest, uid: str) -> HttpResponse:
        hours.remove_time_off(get_object_or_404(self.doctor.times_off, uid=uid), at=self.now)
        messages.success(request, _("Removed. Your weekly hours hold again."))
        return redirect("doctor:hours")


class RemoveOnCallView(HoursMixin, View):
    def post(self, request: HttpRequest, uid: str) -> HttpResponse:
        get_object_or_404(self.doctor.on_call_times, uid=uid).delete()
        messages.success(request, _("Removed. Emergency requests do not reach you in this time."))
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
