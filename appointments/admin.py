"""What staff see and do with hours, slots and appointments. No clinical text: symptoms are for the two parties."""

from collections.abc import Callable
from datetime import datetime
from typing import Any
from zoneinfo import ZoneInfo

from django import forms
from django.contrib import admin, messages
from django.contrib.admin.helpers import ActionForm
from django.contrib.admin.widgets import AdminDateWidget, AdminSplitDateTime
from django.db.backends.postgresql.psycopg_any import DateTimeTZRange
from django.db.models import QuerySet
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.urls import reverse
from django.utils import timezone
from django.utils.http import urlencode
from django.utils.translation import gettext_lazy as _
from django.utils.translation import ngettext

from clinic.audit.admin import AuditedAdmin, ReadOnly
from clinic.errors import RuleViolation
from clinic.people.admin.limits import OfOwnClinics
from clinic.people.models import Doctor, Patient
from clinic.time import day_bounds

from . import hours, tasks
from .forms.hours import not_far
from .models import Appointment, AppointmentEvent, Availability, Closure, OnCall, Slot, TimeOff
from .permissions import OF_THE_CLINIC
from .plan import WorkingTime

PARTY_SEARCH = ("doctor__user__family_name", "doctor__user__given_name", "doctor__user__email")


class MovesByMethodsAdmin(AuditedAdmin):
    """Rows that staff read, and move by actions only: each action goes through the model's own rules."""

    def has_add_permission(self, request: HttpRequest) -> bool:
        return False

    def do_to_each(self, request: HttpRequest, rows: QuerySet[Any], act: Callable[[Any], None], done: Callable) -> None:
        """Do `act` to each row, say which ones the rules refuse and why, and how many are `done`."""
        count = 0
        for row in rows:
            try:
                act(row)
                count += 1
            except RuleViolation as refusal:
                self.message_user(request, f"{row}: {refusal}", messages.ERROR)
        if count:
            self.message_user(request, done(count), messages.SUCCESS)


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


@admin.register(Slot)
class SlotAdmin(OfOwnClinics, MovesByMethodsAdmin):
    """The times that are offered. They come from the hours; staff may take one back."""

    clinic_path = "doctor__clinic"
    list_display = ("starts_at", "doctor", "status", "is_single")
    list_filter = ("status", "doctor__clinic", "is_single")
    list_select_related = ("doctor__user",)
    search_fields = PARTY_SEARCH
    date_hierarchy = "starts_at"
    actions = ["withdraw"]

    def has_change_permission(self, request: HttpRequest, obj: Slot | None = None) -> bool:
        return obj is None and super().has_change_permission(request)

    @admin.action(description=_("Withdraw"), permissions=["change"])
    def withdraw(self, request: HttpRequest, slots: QuerySet[Slot]) -> None:
        self.do_to_each(
            request,
            slots,
            lambda slot: slot.withdraw(),
            lambda n: ngettext("%d time withdrawn.", "%d times withdrawn.", n) % n,
        )


class EventInline(ReadOnly, admin.TabularInline):
    """The history, which nobody edits."""

    model = AppointmentEvent
    fields = readonly_fields = ("at", "kind", "before", "after", "actor", "announced_at")
    extra = 0

    def get_queryset(self, request: HttpRequest) -> QuerySet[AppointmentEvent]:
        return super().get_queryset(request).select_related("actor")


class AppointmentActionForm(ActionForm):
    """The reason goes with cancelling."""

    reason = forms.ChoiceField(
        label=_("Reason:"),
        required=False,
        choices=[("", "---------"), *((reason.value, reason.label) for reason in OF_THE_CLINIC)],
    )


def page_of_day(appointment: Appointment) -> str:
    """Where the appointments of that doctor on that day, by the doctor's clock, are given to others."""
    assert appointment.doctor is not None  # go_on_with_one was given such only
    day = appointment.starts_at.astimezone(hours.zone_of(appointment.doctor)).date()
    return f"{reverse('desk:hand-over')}?{urlencode({'doctor': appointment.doctor.slug, 'day': day.isoformat()})}"


@admin.register(Appointment)
class AppointmentAdmin(OfOwnClinics, MovesByMethodsAdmin):
    """All appointments. They move by the actions, never by editing."""

    action_form = AppointmentActionForm
    actions = ["accept", "move", "hand_over", "book_over", "cancel", "mark_no_show"]
    list_display = ("reference", "starts_at", "patient", "doctor", "clinic", "status", "is_emergency")
    list_filter = ("status", "is_emergency", "clinic", "reason_category")
    list_select_related = ("patient", "doctor__user", "clinic")
    search_fields = (
        "reference",
        "patient__family_name",
        "patient__given_name",
        "patient__user__email",
        *PARTY_SEARCH,
    )
    search_help_text = _("Reference, name or email of patient or doctor")
    date_hierarchy = "starts_at"
    inlines = [EventInline]
    fields = readonly_fields = (
        "reference",
        "status",
        "patient",
        "doctor",
        "clinic",
        "starts_at",
        "ends_at",
        "reason_category",
        "is_emergency",
        "respond_by",
        "end_reason",
        "booked_by",
        "created_at",
        "updated_at",
    )

    def patient_of(self, obj: Appointment) -> Patient | None:
        return obj.patient

    @admin.action(description=_("Accept the request for the doctor"), permissions=["change"])
    def accept(self, request: HttpRequest, appointments: QuerySet[Appointment]) -> None:
        self.do_to_each(
            request,
            appointments,
            lambda appointment: appointment.accept(by=request.user),
            lambda n: ngettext("%d request accepted.", "%d requests accepted.", n) % n,
        )

    @admin.action(description=_("Move to another time…"), permissions=["change"])
    def move(self, request: HttpRequest, appointments: QuerySet[Appointment]) -> HttpResponse | None:
        return self.go_on_with_one(
            request, appointments, lambda each: reverse("appointments:move", args=[each.reference])
        )

    @admin.action(description=_("Give to another doctor…"), permissions=["change"])
    def hand_over(self, request: HttpRequest, appointments: QuerySet[Appointment]) -> HttpResponse | None:
        return self.go_on_with_one(request, appointments.exclude(doctor=None).exclude(period=None), page_of_day)

    @admin.action(description=_("Book the patient at a time of your own choice…"), permissions=["change"])
    def book_over(self, request: HttpRequest, appointments: QuerySet[Appointment]) -> HttpResponse | None:
        known = appointments.exclude(patient=None)
        return self.go_on_with_one(request, known, lambda each: reverse("desk:own-time", args=[each.patient.uid]))

    def go_on_with_one(
        self, request: HttpRequest, appointments: QuerySet[Appointment], page: Callable[[Appointment], str]
    ) -> HttpResponse | None:
        """To the desk's page about the one that was chosen: there the rest is asked, and the patient told."""
        chosen = list(appointments.select_related("doctor", "patient")[:2])
        if len(chosen) != 1:
            self.message_user(
                request, _("Choose one appointment for this, with doctor, patient and time."), messages.ERROR
            )
            return None
        return redirect(page(chosen[0]))

    @admin.action(description=_("Cancel, with the reason beside"), permissions=["change"])
    def cancel(self, request: HttpRequest, appointments: QuerySet[Appointment]) -> None:
        reason = request.POST.get("reason")
        if reason not in OF_THE_CLINIC:
            self.message_user(request, _("Choose a reason beside the action first."), messages.ERROR)
            return
        self.do_to_each(
            request,
            appointments,
            lambda appointment: appointment.cancel(by=request.user, reason=reason),
            lambda n: ngettext("%d appointment cancelled.", "%d appointments cancelled.", n) % n,
        )

    @admin.action(description=_("The patient did not come"), permissions=["change"])
    def mark_no_show(self, request: HttpRequest, appointments: QuerySet[Appointment]) -> None:
        self.do_to_each(
            request,
            appointments,
            lambda appointment: appointment.mark_no_show(by=request.user),
            lambda n: ngettext("%d appointment marked.", "%d appointments marked.", n) % n,
        )
