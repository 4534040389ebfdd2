from django.contrib import admin
from django.utils.translation import gettext_lazy as _

from clinic.audit.admin import AuditedAdmin
from clinic.people.models import Clinic, Specialty

from .limits import OfOwnClinics


@admin.register(Clinic)
class ClinicAdmin(OfOwnClinics, AuditedAdmin):
    """The sites of the organisation and their policies."""

    clinic_path = "pk"
    list_display = ("name", "zone", "region", "phone", "email")
    search_fields = ("name", "email")
    prepopulated_fields = {"slug": ["name"]}
    fieldsets = (
        (None, {"fields": ("name", "slug", "zone", "region", "address", "country")}),
        (_("How patients reach it"), {"fields": ("phone", "email", "emergency_phone", "out_of_hours_phone")}),
        (
            _("Booking"),
            {
                "fields": (
                    "slot_minutes",
                    "buffer_before_minutes",
                    "buffer_after_minutes",
                    "horizon_days",
                    "minimum_notice_minutes",
                    "hold_minutes",
                    "request_hours",
                    "open_appointments_limit",
                )
            },
        ),
        (
            _("Changes"),
            {
                "fields": (
                    "cancellation_notice_hours",
                    "free_change_minutes",
                    "late_cancelling",
                    "moves_limit",
                    "offer_hours",
                )
            },
        ),
        (_("Visits"), {"fields": ("join_minutes_before", "grace_minutes", "extension_minutes", "reminder_minutes")}),
        (_("After the visit"), {"fields": ("chat_days", "controlled_medicines", "paper")}),
    )


@admin.register(Specialty)
class SpecialtyAdmin(AuditedAdmin):
    list_display = ("name", "slug")
    search_fields = ("name",)
    prepopulated_fields = {"slug": ["name"]}
