"""Times that a doctor enters, by the wall clock of the doctor's zone."""

from datetime import UTC, date, datetime, time
from typing import Any
from zoneinfo import ZoneInfo

from django import forms
from django.core.exceptions import ValidationError
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from appointments.models import Availability
from appointments.models.slots import FARTHEST
from clinic.forms import DateInput, TimeInput
from clinic.time import day_bounds, exists


def day_field(label: Any, missing: Any = "", **options: Any) -> forms.DateField:
    errors = {"required": missing, "invalid": _("Enter a day, like 20 11 2026")}
    return forms.DateField(label=label, widget=DateInput, error_messages=errors, **options)


def time_field(label: Any, missing: Any = "", **options: Any) -> forms.TimeField:
    errors = {"required": missing, "invalid": _("Enter a time, like 09:30")}
    return forms.TimeField(label=label, widget=TimeInput, error_messages=errors, **options)


def not_far(when: date) -> None:
    """Field validator of a day or an instant: within a year from now, where clock changes are known."""
    day = when.date() if isinstance(when, datetime) else when
    if abs(day - timezone.localdate()) > FARTHEST:
        raise ValidationError(_("Choose a day within a year from now"), code="far")


class PeriodForm(forms.Form):
    """Working hours of a day by the doctor's wall clock, without a break; from a first to a last day."""

    starts = time_field(_("From"), _("Enter when it begins"))
    ends = time_field(_("To"), _("Enter when it ends"))
    valid_from = day_field(_("First day"), required=False, help_text=_("Empty: from today on"))
    valid_until = day_field(_("Last day"), required=False, help_text=_("Empty: no end"), validators=[not_far])

    def clean(self) -> dict[str, Any]:
        facts: Any = super().clean()
        if facts.get("starts") and facts.get("ends") and facts["ends"] <= facts["starts"]:
            self.add_error("ends", _("The end must come after the start. Split hours that pass midnight"))
        if facts.get("valid_from") and facts.get("valid_until") and facts["valid_until"] < facts["valid_from"]:
            self.add_error("valid_until", _("The last day must not come before the first"))
        return facts


class BasePeriods(forms.BaseFormSet):
    """The working hours of a day. That they do not overlap is judged when they are saved, under the doctor's lock."""

    default_error_messages = {
        **forms.BaseFormSet.default_error_messages,
        "too_many_forms": _("A day has twelve periods at the most"),
    }

    @property
    def periods(self) -> list[dict[str, Any]]:
        """What is left of the rows, without those that are blank or removed."""
        rows = [form.cleaned_data for form in self.forms if form not in self.deleted_forms and form.has_changed()]
        return [{name: row[name] for name in PeriodForm.base_fields} for row in rows]


PeriodFormSet = forms.formset_factory(
    PeriodForm, formset=BasePeriods, extra=0, can_delete=True, max_num=12, absolute_max=13, validate_max=True
)


class CopyForm(forms.Form):
    """The other weekdays that shall have the same hours."""

    weekdays = forms.TypedMultipleChoiceField(
        label=_("Copy to other days"),
        coerce=int,
        required=False,
        widget=forms.CheckboxSelectMultiple,
        help_text=_("Their hours are replaced."),
    )

    def __init__(self, *args: Any, weekday: int, **options: Any) -> None:
        super().__init__(*args, **options)
        self.weekday = weekday
        field: Any = self.fields["weekdays"]
        field.choices = [choice for choice in Availability.Weekday.choices if choice[0] != weekday]

    @property
    def all_weekdays(self) -> list[int]:
        return [self.weekday, *self.cleaned_data["weekdays"]]


class LocalTimesForm(forms.Form):
    """Times by the wall clock of `zone`. Each kind gives the instants `start` and `end`, the end after the start."""

    def __init__(self, *args: Any, zone: ZoneInfo, now: datetime, **options: Any) -> None:
        super().__init__(*args, **options)
        self.zone, self.now = zone, now

    def instant(self, day: date, clock: time, *, field: str) -> datetime | None:
        """The instant at which the clock shows this; None, with an error in `field`, if a clock change skips it."""
        local = datetime.combine(day, clock, tzinfo=self.zone)
        if exists(local):
            return local.astimezone(UTC)
        self.add_error(field, _("The clocks change on this day, and this time does not exist. Choose another time"))
        return None


class SingleSlotForm(LocalTimesForm):
    """One time that patients can book, beside the weekly hours."""

    day = day_field(_("Day"), _("Enter the day"), validators=[not_far])
    starts = time_field(_("From"), _("Enter when it begins"))
    ends = time_field(_("To"), _("Enter when it ends"))

    def clean(self) -> dict[str, Any]:
        facts: Any = super().clean()
        if not self.errors:
            facts["start"] = self.instant(facts["day"], facts["starts"], field="starts")
            facts["end"] = self.instant(facts["day"], facts["ends"], field="ends")
        if not self.errors:
            self.check_order(facts["start"], facts["end"])
        return facts

    def check_order(self, start: datetime, end: datetime) -> None:
        if start <= self.now:
            self.add_error("starts", _("Choose a time that is still to come"))
        if end <= start:
            self.add_error("ends", _("The end must come after the start"))


class TimeOffForm(LocalTimesForm):
    """Days or hours without visits. Without times, whole days."""

    first_day = day_field(_("First day"), _("Enter the first day"), validators=[not_far])
    starts = time_field(_("From"), required=False, help_text=_("Empty: from midnight"))
    last_day = day_field(_("Last day"), _("Enter the last day"), validators=[not_far])
    ends = time_field(_("To"), required=False, help_text=_("Empty: to midnight"))

    def clean(self) -> dict[str, Any]:
        facts: Any = super().clean()
        if not self.errors:
            facts["start"], facts["end"] = self.read_start(facts), self.read_end(facts)
        if not self.errors:
            self.check_order(facts["start"], facts["end"])
        return facts

    def read_start(self, facts: dict[str, Any]) -> datetime | None:
        if facts["starts"] is None:
            return day_bounds(facts["first_day"], self.zone)[0]
        return self.instant(facts["first_day"], facts["starts"], field="starts")

    def read_end(self, facts: dict[str, Any]) -> datetime | None:
        if facts["ends"] is None:
            return day_bounds(facts["last_day"], self.zone)[1]
        return self.instant(facts["last_day"], facts["ends"], field="ends")

    def check_order(self, start: datetime, end: datetime) -> None:
        if end <= start:
            self.add_error("last_day", _("The end must come after the start"))
        elif end <= self.now:
            self.add_error("last_day", _("Choose days that are still to come"))


class OnCallForm(TimeOffForm):
    """Days or hours in which the doctor answers emergencies. Without times, whole days."""
