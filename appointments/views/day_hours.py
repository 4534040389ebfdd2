"""The editor of a weekday's hours: periods with breaks between them, copied to other days, with a preview."""

from datetime import date
from itertools import groupby
from typing import Any

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.utils.functional import cached_property
from django.utils.translation import gettext as _
from django.views.generic import TemplateView

from appointments import hours
from appointments.errors import VisitsInTheWay
from appointments.forms import CopyForm, PeriodFormSet
from appointments.grid import Interval
from appointments.models import Availability
from clinic.errors import RuleViolation

from .hours import HoursMixin

FIRST_GUESS = {"starts": "09:00", "ends": "12:00"}


class DayHoursView(HoursMixin, TemplateView):
    template_name = "doctor/day_hours.html"

    @cached_property
    def weekday(self) -> Availability.Weekday:
        try:
            return Availability.Weekday[self.kwargs["weekday"].upper()]
        except KeyError as unknown:
            raise Http404 from unknown

    def get(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        formset = PeriodFormSet(initial=self.periods_now() or [FIRST_GUESS], prefix="periods")
        return self.show(formset, CopyForm(weekday=self.weekday))

    def periods_now(self) -> list[dict[str, Any]]:
        rules = self.doctor.availabilities.filter(weekday=self.weekday)
        names = ("starts", "ends", "valid_from", "valid_until")
        return [{name: getattr(rule, name) for name in names} for rule in rules if not rule.is_over(self.today)]

    def post(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        copy = CopyForm(request.POST, weekday=self.weekday)
        if "add_row" in request.POST:
            return self.show(with_one_more(request), copy)
        formset: Any = PeriodFormSet(request.POST, prefix="periods")
        if not (formset.is_valid() and copy.is_valid()):
            return self.show(formset, copy)
        days = {"weekdays": copy.all_weekdays, "periods": formset.periods}
        try:
            return self.preview(formset, copy, days) if "preview" in request.POST else self.save(formset, copy, days)
        except RuleViolation as refusal:
            copy.add_error(None, str(refusal))
            return self.show(formset, copy)

    def preview(self, formset: Any, copy: CopyForm, days: dict[str, Any]) -> HttpResponse:
        times = hours.times_if(self.doctor, at=self.now, **days)
        return self.show(formset, copy, preview=self.by_day(times)[: len(copy.all_weekdays)])

    def by_day(self, times: list[Interval]) -> list[tuple[date, list[Interval]]]:
        """The days that have times, by the doctor's calendar."""
        groups = groupby(times, key=lambda visit: visit[0].astimezone(self.zone).date())
        return [(day, list(visits)) for day, visits in groups]

    def save(self, formset: Any, copy: CopyForm, days: dict[str, Any]) -> HttpResponse:
        try:
            hours.set_days(self.doctor, at=self.now, keep_visits="keep_visits" in self.request.POST, **days)
        except VisitsInTheWay as refusal:
            return self.show(formset, copy, in_the_way=refusal.visits)
        messages.success(self.request, _("Saved. The open times follow your hours."))
        return redirect("doctor:hours")

    def show(self, formset: Any, form: CopyForm, **more: Any) -> HttpResponse:
        context = {"weekday": self.weekday, "formset": formset, "form": form, **more}
        return self.render_to_response(self.get_context_data(**context))


def with_one_more(request: HttpRequest) -> Any:
    """The rows as they were typed, and a blank one: for browsers without JavaScript."""
    data = request.POST.copy()
    total = data.get("periods-TOTAL_FORMS", "")
    data["periods-TOTAL_FORMS"] = str(int(total) + 1) if total.isdecimal() else "1"
    return PeriodFormSet(data, prefix="periods")
