"""Weekly hours, exceptions to them, and who is on call."""

from datetime import datetime
from typing import Any
from zoneinfo import ZoneInfo

from django import forms
from django.contrib import admin, messages
from django.contrib.admin.widgets import AdminDateWidget, AdminSplitDateTime
from django.db.backends.postgresql.psycopg_any import DateTimeTZRange
from django.db.models import QuerySet
from django.http import HttpRequest
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from appointments import hours, tasks
from appointments.forms.hours import not_far
from appointments.models import Appointment, Availability, Closure, OnCall, TimeOff
from appointments.plan import WorkingTime
from clinic.people.admin.limits import OfOwnClinics
from clinic.people.models import Doctor
from clinic.time import day_bounds

from .slots import PARTY_SEARCH


class FollowedBySlots:
    """Rows from which a doctor's slots follow. Booked visits stay, and staff are told which ones lie outside now."""

    message_user: Any

    def name_stranded(self, request: HttpRequest, doctor: Doctor) -> None:
        stranded = WorkingTime(doctor, at=timezone.now()).stranded()
        if stranded:
            words = _("Booked outside the hours; cancel or move: %s") % ", ".join(str(visit) for visit in stranded)
            self.message_user(request, words, messages.WARNING)


@admin.register(Availability)
class AvailabilityAdmin(FollowedBySlots, OfOwnClinics, admin.ModelAdmin):
    """Weekly hours. Open slots follow a change at once; booked ones stay."""

    clinic_path = "doctor__clinic"
    list_display = ("doctor", "weekday", "starts", "ends", "valid_from", "valid_until")
    list_filter = ("weekday", "doctor__clinic")
    list_select_related = ("doctor__user",)
    search_fields = PARTY_SEARCH
    autocomplete_fields = ("doctor",)

    def get_readonly_fields(self, request: HttpRequest, obj: Availability | None = None) -> tuple[str, ...]:
        return ("doctor",) if obj else ()

    def save_model(self, request: HttpRequest, obj: Availability, form: Any, change: bool) -> None:  # noqa: FBT001
        hours.change_hours(obj, at=timezone.now(), keep_visits=True)
        self.name_stranded(request, obj.doctor)

    def delete_model(self, request: HttpRequest, obj: Availability) -> None:
        hours.remove_hours(obj, at=timezone.now(), keep_visits=True)

    def delete_queryset(self, request: HttpRequest, queryset: QuerySet[Availability]) -> None:
        for rule in queryset.select_related("doctor__clinic"):
            hours.remove_hours(rule, at=timezone.now(), keep_visits=True)


class PeriodForm(forms.ModelForm):
    """A period as two instants, by the reader's clock."""

    start = forms.SplitDateTimeField(label=_("From"), widget=AdminSplitDateTime)
    end = forms.SplitDateTimeField(label=_("To"), widget=AdminSplitDateTime)

    class Meta:
        fields = ("doctor",)

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        if self.instance.pk:
            self.initial = {**self.initial, "start": self.instance.period.lower, "end": self.instance.period.upper}

    def clean(self) -> dict[str, Any] | None:
        start, end = self.cleaned_data.get("start"), self.cleaned_data.get("end")
        if start and end:
            if end <= start:
                raise forms.ValidationError({"end": _("The end must come after the start.")})
            self.instance.period = DateTimeTZRange(start, end)
        return super().clean()


class PeriodAdmin(OfOwnClinics, admin.ModelAdmin):
    """Periods of a doctor."""

    clinic_path = "doctor__clinic"
    form = PeriodForm
    list_display = ("doctor", "starts", "ends")
    list_select_related = ("doctor__user",)
    search_fields = PARTY_SEARCH
    autocomplete_fields = ("doctor",)

    @admin.display(description=_("from"), ordering="period")
    def starts(self, row: TimeOff | OnCall) -> datetime:
        return row.period.lower

    @admin.display(description=_("to"))
    def ends(self, row: TimeOff | OnCall) -> datetime:
        return row.period.upper


@admin.register(TimeOff)
class TimeOffAdmin(FollowedBySlots, PeriodAdmin):
    """Exceptions to the weekly hours. Visits in this time stand until somebody cancels them."""

    def get_readonly_fields(self, request: HttpRequest, obj: TimeOff | None = None) -> tuple[str, ...]:
        return ("doctor",) if obj else ()

    def save_model(self, request: HttpRequest, obj: TimeOff, form: Any, change: bool) -> None:  # noqa: FBT001
        times = {"start": obj.period.lower, "end": obj.period.upper, "at": timezone.now(), "keep_visits": True}
        if change:
            hours.change_time_off(obj, **times)
        else:
            obj.pk = hours.add_time_off(obj.doctor, **times).pk
        self.name_stranded(request, obj.doctor)

    def delete_model(self, request: HttpRequest, obj: TimeOff) -> None:
        hours.remove_time_off(obj, at=timezone.now())

    def delete_queryset(self, request: HttpRequest, queryset: QuerySet[TimeOff]) -> None:
        for time_off in queryset.select_related("doctor__clinic"):
            hours.remove_time_off(time_off, at=timezone.now())


class ClosureForm(forms.ModelForm):
    """Whole days by the clinic's calendar."""

    first_day = forms.DateField(label=_("First day"), widget=AdminDateWidget, validators=[not_far])
    last_day = forms.DateField(label=_("Last day"), widget=AdminDateWidget, validators=[not_far])

    class Meta:
        fields = ("clinic", "name")

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        if self.instance.pk:
            days = {"first_day": self.instance.first_day, "last_day": self.instance.last_day}
            self.initial = {**self.initial, **days}

    def clean(self) -> dict[str, Any] | None:
        facts = self.cleaned_data
        first, last = facts.get("first_day"), facts.get("last_day")
        clinic = self.instance.clinic if self.instance.pk else facts.get("clinic")
        if first and last and clinic:
            if last < first:
                raise forms.ValidationError({"last_day": _("The last day must not come before the first.")})
            zone = ZoneInfo(clinic.zone)
            self.instance.period = DateTimeTZRange(day_bounds(first, zone)[0], day_bounds(last, zone)[1])
        return super().clean()


@admin.register(Closure)
class ClosureAdmin(OfOwnClinics, admin.ModelAdmin):
    """Days on which nobody of a clinic works. Visits on these days stand until somebody cancels or moves them."""

    form = ClosureForm
    list_display = ("name", "clinic", "first_day", "last_day")
    search_fields = ("name", "clinic__name")
    list_filter = ("clinic",)
    list_select_related = ("clinic",)

    def get_readonly_fields(self, request: HttpRequest, obj: Closure | None = None) -> tuple[str, ...]:
        return ("clinic",) if obj else ()

    def save_model(self, request: HttpRequest, obj: Closure, form: Any, change: bool) -> None:  # noqa: FBT001
        obj.save()
        tasks.open_slots.delay_on_commit(obj.clinic_id)
        booked = Appointment.objects.active().filter(doctor__clinic=obj.clinic, period__overlap=obj.period)
        if booked:
            words = _("Booked on these days; cancel or move: %s") % ", ".join(str(visit) for visit in booked)
            self.message_user(request, words, messages.WARNING)

    def delete_model(self, request: HttpRequest, obj: Closure) -> None:
        obj.delete()
        tasks.open_slots.delay_on_commit(obj.clinic_id)

    def delete_queryset(self, request: HttpRequest, queryset: QuerySet[Closure]) -> None:
        for closure in queryset:
            self.delete_model(request, closure)


@admin.register(OnCall)
class OnCallAdmin(PeriodAdmin):
    """Who answers emergencies, and when."""
