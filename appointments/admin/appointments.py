from collections.abc import Callable

from django import forms
from django.contrib import admin, messages
from django.contrib.admin.helpers import ActionForm
from django.contrib.admin.utils import display_for_value
from django.db.models import QuerySet
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.urls import reverse
from django.utils.http import urlencode
from django.utils.translation import gettext_lazy as _
from django.utils.translation import ngettext

from appointments import hours
from appointments.models import Appointment, AppointmentEvent
from appointments.permissions import OF_THE_CLINIC
from clinic.audit.admin import ReadOnly
from clinic.people.admin.limits import OfOwnClinics
from clinic.people.models import Patient

from .slots import PARTY_SEARCH, MovesByMethodsAdmin


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
        "ends",
        "reason_category",
        "is_emergency",
        "respond_by",
        "end_reason",
        "booked_by",
        "created_at",
        "updated_at",
    )

    @admin.display(description=_("ends"))
    def ends(self, appointment: Appointment) -> str:
        """In the words and the zone of the admin, which a property of the model does not get by itself."""
        return display_for_value(appointment.ends_at, self.get_empty_value_display())

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
