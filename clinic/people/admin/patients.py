from typing import Any

from django import forms
from django.contrib import admin
from django.core.exceptions import ValidationError
from django.db import models
from django.http import HttpRequest
from django.utils.translation import gettext_lazy as _
from django.utils.translation import ngettext

from clinic.audit.admin import AuditedAdmin, ReadOnly
from clinic.people.forms.fields import LanguageField, PhoneField
from clinic.people.languages import language_name
from clinic.people.models import Patient, Representation, User


class AccessForm(forms.ModelForm):
    """Gives a user access to a patient's record. Nobody gives it to themself."""

    editor: User

    def clean_user(self) -> User | None:
        user = self.cleaned_data["user"]
        if user is not None and user == self.editor:
            raise ValidationError(_("This is your own account. Somebody else has to enter it."), code="oneself")
        return user


class AccessAdmin(AuditedAdmin):
    """Tells the form who fills it in."""

    def get_form(self, request: HttpRequest, *args: Any, **kwargs: Any) -> Any:
        form: Any = super().get_form(request, *args, **kwargs)
        form.editor = request.user
        return form


class PatientForm(AccessForm):
    phone = PhoneField(label=_("Phone"), required=False)
    language = LanguageField(label=_("Language"), required=False)


class RepresentationInline(ReadOnly, admin.TabularInline):
    """Who acts for the patient; read-only here, made and checked on a page of its own."""

    model = Representation
    fields = ("user", "relation", "valid_from", "valid_until", "checked_by")
    readonly_fields = fields
    extra = 0
    show_change_link = True

    def get_queryset(self, request: HttpRequest) -> models.QuerySet[Representation]:
        return super().get_queryset(request).select_related("user", "checked_by")


class LanguageFilter(admin.SimpleListFilter):
    """The languages that patients like to speak, by their names."""

    title = _("language")
    parameter_name = "language"

    def lookups(self, request: HttpRequest, model_admin: Any) -> list[tuple[str, str]]:
        spoken = Patient.objects.exclude(language="").order_by().values_list("language", flat=True).distinct()
        return sorted(((code, language_name(code)) for code in spoken), key=lambda choice: choice[1])

    def queryset(self, request: HttpRequest, queryset: Any) -> models.QuerySet[Patient]:
        return queryset.filter(language=self.value()) if self.value() else queryset


@admin.register(Patient)
class PatientAdmin(AccessAdmin):
    """Who is treated, as far as the desk has to know: allergies, needs and all else of the record is not here."""

    form = PatientForm
    inlines = (RepresentationInline,)
    autocomplete_fields = ("user",)
    list_display = ("name", "birth_date", "phone", "email", "language_name", "interpreter_needed")
    list_filter = ("interpreter_needed", LanguageFilter)
    list_select_related = ("user",)
    search_fields = ("family_name", "given_name", "birth_date", "user__email", "=uid")
    show_full_result_count = False
    fields = (
        "given_name",
        "family_name",
        "birth_date",
        "sex",
        "phone",
        "language",
        "interpreter_needed",
        "user",
        "created_at",
    )
    readonly_fields = ("created_at",)

    def get_readonly_fields(self, request: HttpRequest, obj: Patient | None = None) -> Any:
        """Whose account it is stays: changed here, it would hand a record to somebody else."""
        return (*self.readonly_fields, "user") if obj is not None and obj.user_id else self.readonly_fields

    @admin.display(description=_("language"), ordering="language")
    def language_name(self, patient: Patient) -> str:
        return patient.language_name

    @admin.display(description=_("email"), ordering="user__email")
    def email(self, patient: Patient) -> str:
        return patient.user.email if patient.user else ""

    def patient_of(self, obj: Patient) -> Patient:
        return obj


@admin.register(Representation)
class RepresentationAdmin(AccessAdmin):
    """Who may act for whom. Saving it confirms that the papers were checked, by who saves it."""

    form = AccessForm
    actions = ["check_papers"]
    autocomplete_fields = ("user", "patient")
    list_display = ("patient", "user", "relation", "valid_from", "valid_until", "checked_by")
    list_filter = ("relation", ("checked_by", admin.EmptyFieldListFilter))
    list_select_related = ("patient", "user", "checked_by")
    search_fields = ("patient__family_name", "patient__given_name", "user__family_name", "user__email")
    show_full_result_count = False
    fields = ("user", "patient", "relation", "valid_from", "valid_until", "checked_by")
    readonly_fields = ("checked_by",)

    def save_model(self, request: Any, obj: Representation, *args: Any) -> None:
        obj.checked_by = request.user
        super().save_model(request, obj, *args)

    @admin.action(description=_("The papers were checked"), permissions=["change"])
    def check_papers(self, request: Any, rows: models.QuerySet[Representation]) -> None:
        """Those that nobody has checked; one's own are left for somebody else."""
        waiting = list(rows.filter(checked_by__isnull=True).exclude(user=request.user))
        for row in waiting:
            row.mark_checked(by=request.user)
            self.log_change(request, row, "Checked.")
        self.message_user(request, ngettext("%d was checked.", "%d were checked.", len(waiting)) % len(waiting))

    def patient_of(self, obj: Representation) -> Patient:
        return obj.patient
