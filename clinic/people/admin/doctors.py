from typing import Any

from django import forms
from django.contrib import admin, messages
from django.db.models import QuerySet
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.urls import reverse
from django.utils import timezone
from django.utils.html import format_html
from django.utils.http import urlencode
from django.utils.translation import gettext_lazy as _
from django.utils.translation import ngettext

from clinic.audit.admin import AuditedAdmin
from clinic.people.forms.fields import LanguagesField
from clinic.people.models import Doctor
from clinic.people.models.doctors import DoctorQuerySet

from .limits import OfOwnClinics


class DoctorForm(forms.ModelForm):
    languages = LanguagesField(label=_("Languages"), required=False)


def page_of_left_behind(doctor: Doctor) -> str:
    """Where all coming appointments of a doctor are given to others, moved or cancelled."""
    return f"{reverse('desk:hand-over')}?{urlencode({'doctor': doctor.slug, 'day': 'all'})}"


class StateFilter(admin.SimpleListFilter):
    """Doctors who wait for approval, practise, or are suspended."""

    title = _("state")
    parameter_name = "state"

    def lookups(self, request: HttpRequest, model_admin: Any) -> list[tuple[str, Any]]:
        return [(state.value, state.label) for state in Doctor.State]

    def queryset(self, request: HttpRequest, queryset: Any) -> QuerySet[Doctor]:
        return queryset.in_state(self.value()) if self.value() in Doctor.State else queryset


@admin.register(Doctor)
class DoctorAdmin(OfOwnClinics, AuditedAdmin):
    """Who practises here. Staff compare register, number and region with the register itself, then approve."""

    form = DoctorForm
    actions = ["approve", "suspend", "reinstate"]
    autocomplete_fields = ("user", "specialties")
    list_display = ("name", "state", "clinic", "specialty_names", "register", "number", "region")
    list_filter = (StateFilter, "clinic", "specialties", "region")
    list_select_related = ("user", "clinic")
    search_fields = ("user__family_name", "user__given_name", "user__email", "number")
    readonly_fields = ("approved_at", "approved_by", "suspended_at")
    fieldsets = (
        (None, {"fields": ("user", "title", "clinic", "specialties", "slug", "about", "languages")}),
        (_("Approval"), {"fields": ("register", "number", "region", *readonly_fields)}),
        (
            _("Booking"),
            {"fields": ("zone", "booking_mode", "slot_minutes", "buffer_before_minutes", "buffer_after_minutes")},
        ),
    )

    def get_queryset(self, request: HttpRequest) -> QuerySet[Doctor]:
        return super().get_queryset(request).prefetch_related("specialties")

    def get_readonly_fields(self, request: HttpRequest, obj: Doctor | None = None) -> Any:
        return self.readonly_fields if obj is None else ("user", *self.readonly_fields)

    def save_model(self, request: HttpRequest, obj: Doctor, form: Any, *args: Any) -> None:
        super().save_model(request, obj, form, *args)
        obj.tell_of_changes(form.changed_data)

    @admin.display(description=_("name"), ordering="user__family_name")
    def name(self, doctor: Doctor) -> str:
        return doctor.name

    @admin.display(description=_("specialties"))
    def specialty_names(self, doctor: Doctor) -> str:
        return ", ".join(specialty.name for specialty in doctor.specialties.all())

    @admin.display(description=_("state"))
    def state(self, doctor: Doctor) -> str:
        return str(Doctor.State(doctor.state).label)

    @admin.action(description=_("Approve: register, number and region were checked"), permissions=["change"])
    def approve(self, request: Any, doctors: DoctorQuerySet) -> None:
        """Nobody approves themself: with that, staff would open records to themselves."""
        waiting = list(doctors.awaiting_approval().exclude(user=request.user))
        for doctor in waiting:
            doctor.approve(by=request.user, at=timezone.now())
            self.log_change(request, doctor, "Approved.")
        done = ngettext("%d doctor approved.", "%d doctors approved.", len(waiting)) % len(waiting)
        self.message_user(request, done, messages.SUCCESS)

    @admin.action(description=_("Suspend: no bookings, no access to records"), permissions=["change"])
    def suspend(self, request: HttpRequest, doctors: DoctorQuerySet) -> HttpResponse:
        """Sockets close at once; the page of what the first one leaves behind opens, and links to the others'."""
        for doctor in doctors:
            doctor.suspend(at=timezone.now())
            self.log_change(request, doctor, "Suspended.")
        done = ngettext("%d doctor suspended.", "%d doctors suspended.", len(doctors)) % len(doctors)
        self.message_user(request, done, messages.SUCCESS)
        for doctor in doctors[1:]:
            words = str(_('Decide what becomes of the appointments of <a href="{}">{}</a>, too.'))
            self.message_user(request, format_html(words, page_of_left_behind(doctor), doctor.name), messages.WARNING)
        return redirect(page_of_left_behind(doctors[0]))

    @admin.action(description=_("End the suspension"), permissions=["change"])
    def reinstate(self, request: Any, doctors: DoctorQuerySet) -> None:
        """Nobody ends their own suspension."""
        suspended = list(doctors.in_state(Doctor.State.SUSPENDED).exclude(user=request.user))
        for doctor in suspended:
            doctor.reinstate()
            self.log_change(request, doctor, "Suspension ended.")
        done = ngettext("%d doctor may work again.", "%d doctors may work again.", len(suspended)) % len(suspended)
        self.message_user(request, done, messages.SUCCESS)
