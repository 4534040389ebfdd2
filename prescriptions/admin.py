from django.contrib import admin

from clinic.audit.admin import AuditedAdmin, ReadOnly
from clinic.people.admin.limits import OfOwnClinics
from clinic.people.models import Patient

from .models import Prescription


@admin.register(Prescription)
class PrescriptionAdmin(ReadOnly, OfOwnClinics, AuditedAdmin):
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

    def patient_of(self, obj: Prescription) -> Patient:
        return obj.patient
