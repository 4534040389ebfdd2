"""The audit log for staff, read-only; and a mixin that puts what staff do in the admin into it."""

from typing import Any

from django.contrib import admin
from django.db import models
from django.http import HttpRequest
from django.utils.translation import gettext_lazy as _

from .models import AuditEntry, AuditSeal

NEWEST = 10_000  # lines


class ReadOnly:
    """Mixin of an admin or inline whose rows nobody adds, changes or deletes by hand."""

    def has_add_permission(self, request: HttpRequest, *args: Any) -> bool:
        return False

    def has_change_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return False

    def has_delete_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return False


class AuditedAdmin(admin.ModelAdmin):
    """Rows about people: what staff add and change goes into the audit log, and nothing is deleted.

    So does what they read about a patient.
    """

    def render_change_form(self, request: HttpRequest, *args: Any, **options: Any) -> Any:
        obj = options.get("obj")
        if obj is not None and self.patient_of(obj) is not None:
            self.audit(request, AuditEntry.Action.READ, obj)
        return super().render_change_form(request, *args, **options)

    def log_addition(self, request: HttpRequest, obj: models.Model, message: Any) -> Any:
        self.audit(request, AuditEntry.Action.CREATED, obj)
        return super().log_addition(request, obj, message)

    def log_change(self, request: HttpRequest, obj: models.Model, message: Any) -> Any:
        self.audit(request, AuditEntry.Action.CHANGED, obj)
        return super().log_change(request, obj, message)

    def audit(self, request: HttpRequest, action: str, obj: models.Model) -> None:
        AuditEntry.objects.record(action, obj, by=request.user, request=request, patient=self.patient_of(obj))

    def patient_of(self, obj: Any) -> Any:
        """Whose record `obj` belongs to, if anybody's."""
        return None

    def has_delete_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return False


class SubjectFilter(admin.SimpleListFilter):
    """What the newest lines are about: to ask for all that there ever was would read the whole log."""

    title = _("what")
    parameter_name = "subject_type"

    def lookups(self, request: HttpRequest, model_admin: Any) -> list[tuple[Any, str]]:
        newest = AuditEntry.objects.order_by("-pk").values("pk")[:NEWEST]
        types = AuditEntry.objects.filter(pk__in=newest).order_by("subject_type").values_list("subject_type", flat=True)
        return [(name, name) for name in types.distinct()]

    def queryset(self, request: HttpRequest, queryset: models.QuerySet[AuditEntry]) -> models.QuerySet[AuditEntry]:
        return queryset.filter(subject_type=self.value()) if self.value() else queryset


@admin.register(AuditEntry)
class AuditEntryAdmin(ReadOnly, admin.ModelAdmin):
    """Who did what, when, with whose record. Names objects, never shows them."""

    date_hierarchy = "at"
    list_display = ("at", "actor", "action", "subject_type", "subject_id", "patient", "for_whom", "address")
    list_filter = ("action", SubjectFilter, "at")
    list_select_related = ("actor", "patient", "for_whom")
    search_fields = ("=subject_type", "=subject_id", "=patient__uid", "patient__family_name", "=actor__email")
    show_full_result_count = False


@admin.register(AuditSeal)
class AuditSealAdmin(ReadOnly, admin.ModelAdmin):
    """Which lines are sealed; the command check_audit says whether they still fit."""

    list_display = ("__str__", "count", "newest_at", "sealed_at", "dropped")
    list_filter = ("dropped",)
    search_fields = ("=hash",)
    show_full_result_count = False
