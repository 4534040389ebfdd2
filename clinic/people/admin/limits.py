"""Staff who work for some of the clinics see rows of these only."""

from typing import Any

from django.db import models
from django.http import HttpRequest

from clinic.people.models import Clinic, Doctor
from clinic.people.permissions import in_own_clinics, in_own_clinics_or_none


class OfOwnClinics:
    """Mixin of an admin whose rows belong to a clinic, found at `clinic_path`."""

    clinic_path = "clinic"
    narrow: Any = staticmethod(in_own_clinics)
    show_full_result_count = False  # counting twice takes long where there are many

    def get_queryset(self, request: HttpRequest) -> models.QuerySet[Any]:
        rows = super().get_queryset(request)  # type: ignore[misc]
        return self.narrow(rows, request.user, self.clinic_path)

    def formfield_for_foreignkey(self, db_field: Any, request: HttpRequest, **options: Any) -> Any:
        """Clinics and doctors to choose from are one's own, too."""
        choices = {Clinic: (Clinic.objects.all(), "pk"), Doctor: (Doctor.objects.all(), "clinic")}
        if db_field.related_model in choices:
            rows, path = choices[db_field.related_model]
            options["queryset"] = in_own_clinics(rows, request.user, path)
        return super().formfield_for_foreignkey(db_field, request, **options)  # type: ignore[misc]


class OfOwnClinicsOrNone(OfOwnClinics):
    """Mixin of an admin whose rows belong to a clinic, or to none; these every member of staff sees."""

    narrow = staticmethod(in_own_clinics_or_none)
