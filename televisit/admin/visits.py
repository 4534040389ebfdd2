from typing import Any

from django.contrib import admin
from django.http import HttpRequest
from django.utils.translation import gettext_lazy as _

from clinic.audit.admin import AuditedAdmin, ReadOnly
from clinic.people.admin.limits import OfOwnClinics
from clinic.people.models import Patient
from televisit.models import Participant, Visit, VisitEvent, VisitRoom


class ParticipantInline(ReadOnly, admin.TabularInline):
    """Who came. Where they are and their number is for the doctor, not for staff."""

    model = Participant
    extra = 0
    fields = readonly_fields = ("role", "name", "waiting_since", "admitted_at", "removed_at")


class EventInline(ReadOnly, admin.TabularInline):
    model = VisitEvent
    extra = 0
    fields = readonly_fields = ("at", "kind", "participant", "actor", "note")

    def get_queryset(self, request: HttpRequest) -> Any:
        return super().get_queryset(request).select_related("participant", "actor")


class RoomInline(ReadOnly, admin.TabularInline):
    """At which services the visit has had a room, and what was wrong with one that failed."""

    model = VisitRoom
    extra = 0
    fields = readonly_fields = ("provider", "asked_at", "opened_at", "closed_at", "gone_at", "problem")


@admin.register(Visit)
class VisitAdmin(ReadOnly, OfOwnClinics, AuditedAdmin):
    """The visits and what happened in them. They move by what people do, and with their appointments."""

    list_display = ("spoken_code", "status", "patient", "host", "clinic", "opens_at", "started_at", "ended_at")
    list_filter = ("status", "clinic", "provider", "opens_at")
    search_fields = (
        "code",
        "appointment__reference",
        "appointment__patient__family_name",
        "appointment__patient__given_name",
        "host__user__family_name",
    )
    search_help_text = _("Code, reference or name")
    date_hierarchy = "opens_at"
    fields = readonly_fields = (
        "spoken_code",
        "appointment",
        "patient",
        "host",
        "clinic",
        "status",
        "provider",
        "opens_at",
        "expires_at",
        "started_at",
        "ended_at",
    )
    inlines = (ParticipantInline, RoomInline, EventInline)

    def get_queryset(self, request: HttpRequest) -> Any:
        """With whom the list and the page name."""
        return super().get_queryset(request).select_related("appointment__patient", "host__user", "clinic")

    @admin.display(description=_("patient"), ordering="appointment__patient__family_name")
    def patient(self, visit: Visit) -> str:
        return str(visit.appointment.patient)

    @admin.display(description=_("code"), ordering="code")
    def spoken_code(self, visit: Visit) -> str:
        return visit.spoken_code

    def patient_of(self, obj: Visit) -> Patient | None:
        return obj.appointment.patient
