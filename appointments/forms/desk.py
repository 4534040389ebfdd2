"""What staff send when they book for somebody, and doctors when they add a visit to their day."""

import secrets
from datetime import date, datetime, timedelta
from typing import Any

from django import forms
from django.db.backends.postgresql.psycopg_any import DateTimeTZRange
from django.db.models import QuerySet
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from appointments.models.choices import SYMPTOMS_LIMIT, Reason
from appointments.models.slots import FARTHEST, LONGEST
from appointments.overriding import warnings_of
from clinic.forms import BirthDateField, DateInput, TimeInput
from clinic.people.forms.fields import PhoneField
from clinic.people.models import Doctor, Patient
from clinic.time import exists

from .booking import CategoryForm

BACK = timedelta(days=31)  # so far back may be written down what was held
SHORTEST = timedelta(minutes=5)
REASON_LIMIT = 300


def new_key() -> str:
    return secrets.token_urlsafe(24)


class PatientSearchForm(forms.Form):
    """Who calls, in any words that the caller gives."""

    q = forms.CharField(
        label=_("Name, phone, email or date of birth"),
        help_text=_("For example: Ferreira, or 1954-03-27"),
        max_length=120,
        widget=forms.TextInput({"type": "search", "autocomplete": "off"}),
        error_messages={"required": _("Enter what the caller says")},
    )


class NewPatientForm(forms.ModelForm):
    """A patient who is not in the books yet. `is_new` is asked for where somebody alike is."""

    birth_date = BirthDateField()
    phone = PhoneField(label=_("Phone"), required=False)
    is_new = forms.BooleanField(label=_("None of them: this is somebody else"), required=False)

    class Meta:
        model = Patient
        fields = ["given_name", "family_name", "birth_date", "phone"]
        error_messages = {
            "given_name": {"required": _("Enter the first names")},
            "family_name": {"required": _("Enter the last name")},
        }

    alike: list[Patient]

    def clean(self) -> dict[str, Any]:
        facts = super().clean() or {}
        self.alike = []
        if not self.errors:
            same = {name: facts[name] for name in ("given_name", "family_name", "birth_date", "phone")}
            self.alike = list(Patient.objects.alike(**same).select_related("user")[:5])
        if self.alike and not facts["is_new"]:
            self.add_error("is_new", _("Look whether it is one of these people, or say that it is not"))
        return facts


class PhoneBookingForm(CategoryForm):
    """What the caller says. The words are for the doctor: staff write them down and do not see them again."""

    symptoms = forms.CharField(
        label=_("In the caller’s words"),
        help_text=_("Only the doctor and the patient read this. You cannot open it again after booking"),
        max_length=SYMPTOMS_LIMIT,
        required=False,
        widget=forms.Textarea({"rows": 4}),
    )
    key = forms.CharField(max_length=64, widget=forms.HiddenInput, initial=new_key)


class OwnTimeForm(forms.Form):
    """A time that the clinic chooses itself. What is unusual about it has to be confirmed, with the reason for it."""

    doctor = forms.ModelChoiceField(Doctor.objects.none(), label=_("Doctor"), empty_label=_("Choose a doctor"))
    patient = forms.ModelChoiceField(
        Patient.objects.none(), label=_("Patient"), to_field_name="uid", empty_label=_("Choose a patient")
    )
    day = forms.DateField(label=_("Day"), widget=DateInput, error_messages={"required": _("Choose a day")})
    clock = forms.TimeField(label=_("Start"), widget=TimeInput, error_messages={"required": _("Choose when it starts")})
    minutes = forms.IntegerField(
        label=_("Minutes"), min_value=SHORTEST // timedelta(minutes=1), max_value=LONGEST // timedelta(minutes=1)
    )
    reason_category = forms.ChoiceField(label=_("What is it about?"), choices=Reason, initial=Reason.OTHER)
    because = forms.CharField(
        label=_("Why at this time?"),
        help_text=_("Kept in the history of the appointment, which the patient sees too"),
        max_length=REASON_LIMIT,
        required=False,
    )
    anyway = forms.BooleanField(label=_("Book it all the same"), required=False)
    key = forms.CharField(max_length=64, widget=forms.HiddenInput, initial=new_key)

    def __init__(
        self, *args: Any, doctors: QuerySet[Doctor], patients: QuerySet[Patient], at: datetime, **options: Any
    ) -> None:
        super().__init__(*args, **options)
        self.at = at
        self.warnings: list[str] = []
        choices: Any = self.fields
        choices["doctor"].queryset, choices["patient"].queryset = doctors, patients

    def clean_day(self) -> date:
        day, today = self.cleaned_data["day"], timezone.localdate(self.at)
        if not -BACK <= day - today <= FARTHEST:
            raise forms.ValidationError(_("Choose a day in the last month or the coming year"))
        return day

    def clean(self) -> dict[str, Any]:
        facts = super().clean() or {}
        if self.errors:
            return facts
        start = datetime.combine(facts["day"], facts["clock"], tzinfo=timezone.get_current_timezone())
        if not exists(start):
            self.add_error("clock", _("The clocks change then, and this time is skipped. Choose another one"))
            return facts
        facts["period"] = DateTimeTZRange(start, start + timedelta(minutes=facts["minutes"]))
        self.warnings = warnings_of(facts["doctor"], facts["period"], patient=facts["patient"], at=self.at)
        if self.warnings:
            self._ask_why(facts)
        return facts

    def _ask_why(self, facts: dict[str, Any]) -> None:
        self.fields["because"].required = self.fields["anyway"].required = True
        if not facts["because"].strip():
            self.add_error("because", _("Say why it has to be at this time"))
        if not facts["anyway"]:
            self.add_error("anyway", _("Confirm that you want to book it all the same"))
