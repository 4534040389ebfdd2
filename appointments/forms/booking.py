from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from appointments.models import Slot
from appointments.models.choices import SYMPTOMS_LIMIT, Reason
from appointments.models.slots import SlotQuerySet
from clinic.forms import BirthDateField
from clinic.people.models import Patient


class SlotForm(forms.Form):
    """One of `slots`, by its uid."""

    slot = forms.ModelChoiceField(Slot.objects.none(), to_field_name="uid")

    def __init__(self, *args: Any, slots: SlotQuerySet, **options: Any) -> None:
        super().__init__(*args, **options)
        field: Any = self.fields["slot"]
        field.queryset = slots


class PatientForm(forms.ModelForm):
    """Who somebody is as a patient."""

    birth_date = BirthDateField()

    class Meta:
        model = Patient
        fields = ["given_name", "family_name", "birth_date"]
        error_messages = {
            "given_name": {"required": _("Enter your first names")},
            "family_name": {"required": _("Enter your last name")},
        }


class WhoForm(forms.Form):
    """For whom somebody books: their own profile, or one of those for whom they act."""

    patient = forms.ChoiceField(
        label=_("Patient"),
        widget=forms.RadioSelect,
        error_messages={"required": _("Choose who the visit is for")},
    )

    def __init__(self, *args: Any, patients: list[Patient], **options: Any) -> None:
        super().__init__(*args, **options)
        field: Any = self.fields["patient"]
        field.choices = [(patient.uid, patient.name) for patient in patients]


class CategoryForm(forms.Form):
    """Why somebody comes, in a word that staff may see."""

    reason_category = forms.ChoiceField(
        label=_("What is it about?"),
        choices=Reason,
        widget=forms.RadioSelect,
        error_messages={"required": _("Choose what it is about")},
    )


class ReasonForm(CategoryForm):
    """The same also in words for the doctor only."""

    symptoms = forms.CharField(
        label=_("In your own words"),
        help_text=_("For example: dizzy when I stand up, for about a week. Only the doctor reads this"),
        max_length=SYMPTOMS_LIMIT,
        widget=forms.Textarea({"rows": 5}),
        error_messages={"required": _("Tell the doctor why you come")},
    )
    is_emergency = forms.BooleanField(
        label=_("It is urgent: I cannot wait for an ordinary visit"),
        help_text=_("The doctor sees urgent requests first. This does not call anybody to you"),
        required=False,
    )


class ConfirmForm(forms.Form):
    """The answers were checked. `key` makes a second press of the button do nothing more."""

    key = forms.CharField(max_length=64, widget=forms.HiddenInput)
