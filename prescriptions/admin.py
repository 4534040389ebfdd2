from typing import Any

from django.contrib import admin
from django.http import HttpRequest

from clinic.people.admin.limits import OfOwnClinics

from .models import Prescription


@admin.register(Prescription)
class PrescriptionAdmin(OfOwnClinics, admin.ModelAdmin):
    """Which there are and how they stand. Staff read no clinical text, and change nothing."""

    clinic_path = "doctor__clinic"
    list_display = ("reference", "status", "patient", "doctor", "issued_at", "valid_until", "revoked_at")
    list_filter = ("status", "issued_at", "doctor__clinic")
    list_select_related = ("patient", "doctor__user")
    search_fields = ("reference", "patient__family_name", "patient__given_name", "doctor__user__family_name")
    date_hierarchy = "issued_at"
    fields = (
        "reference",
        "status",
        "appointment",
        "patient",
        "doctor",
        "issued_at",
        "valid_until",
        "revoked_at",
        "replaces",
        "pdf_sha256",
    )
    readonly_fields = fields

    def has_add_permission(self, request: HttpRequest) -> bool:
        return False

    def has_change_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return False

    def has_delete_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return False
