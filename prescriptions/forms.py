"""What a browser may send: the editor with its rows of medicines, a reason, a code, a date of birth."""

from collections.abc import Mapping, Sequence
from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from clinic.codes import ALPHABET, normalise_code
from clinic.forms import BirthDateField, DateInput
from prescriptions.errors import NotReviewed
from prescriptions.models import Medicine, Prescription
from prescriptions.models.matches import Match
from prescriptions.models.medicine import MEDICINE_LIMIT
from prescriptions.models.prescription import VALIDITY
from prescriptions.validators import no_hidden_characters

CODE_LENGTH = 16

SUGGESTIONS = {
    "form": [_("tablet"), _("capsule"), _("oral solution"), _("cream"), _("eye drops"), _("inhaler"), _("injection")],
    "route": [_("by mouth"), _("on the skin"), _("into the eye"), _("inhaled"), _("under the skin"), _("rectally")],
    "unit": [_("tablet"), _("capsule"), _("ml"), _("drops"), _("puffs"), _("g")],
    "frequency": [_("once a day"), _("twice a day"), _("3 times a day"), _("every 8 hours"), _("when needed")],
}


def words(suggestions: str = "") -> forms.TextInput:
    return forms.TextInput({"list": f"suggest-{suggestions}"} if suggestions else {})


def number(mode: str = "numeric") -> forms.TextInput:
    """A text input, because a browser's number input forgets what it cannot read."""
    return forms.TextInput({"inputmode": mode, "autocomplete": "off"})


class MedicineForm(forms.ModelForm):
    """One row."""

    class Meta:
        model = Medicine
        fields = (
            "name",
            "strength",
            "form",
            "route",
            "dose",
            "dose_unit",
            "frequency",
            "duration_days",
            "quantity",
            "quantity_unit",
            "refills",
            "instructions",
            "substitution_allowed",
            "brand",
            "brand_reason",
        )
        widgets = {
            "name": words("name"),
            "strength": words(),
            "form": words("form"),
            "route": words("route"),
            "dose": number("decimal"),
            "dose_unit": words("unit"),
            "frequency": words("frequency"),
            "duration_days": number(),
            "quantity": number("decimal"),
            "quantity_unit": words("unit"),
            "refills": number(),
            "instructions": forms.Textarea({"rows": 2}),
        }
        help_texts = {
            "name": _("The common name, not the brand"),
            "strength": _("For example, 500 mg"),
            "form": _("For example, tablet"),
            "brand": _("Only if it has to be this one"),
            "brand_reason": _("Printed, as other countries ask for it"),
        }
        error_messages = {
            "name": {"required": _("Enter the name of the medicine")},
            "strength": {"required": _("Enter the strength, like 500 mg")},
            "form": {"required": _("Enter the form, like tablet")},
            "route": {"required": _("Enter how it gets into the body, like by mouth")},
            "dose": {
                "required": _("Enter the dose as a number"),
                "invalid": _("Enter the dose as a number, like 1 or 0.5"),
            },
            "dose_unit": {"required": _("Enter the unit of the dose, like tablet")},
            "frequency": {"required": _("Enter how often it is taken")},
            "duration_days": {"invalid": _("Enter the days as a whole number, like 7")},
            "quantity": {
                "required": _("Enter the quantity as a number"),
                "invalid": _("Enter the quantity as a number, like 20"),
            },
            "quantity_unit": {"required": _("Enter the unit of the quantity, like tablets")},
            "refills": {
                "required": _("Enter the repeats as a whole number; 0 for none"),
                "invalid": _("Enter the repeats as a whole number; 0 for none"),
            },
        }


class BaseMedicineFormSet(forms.BaseFormSet):
    """All rows. A row that was left blank counts as absent, wherever it stands."""

    default_error_messages = {
        **forms.BaseFormSet.default_error_messages,
        "too_many_forms": _("Write at most %(num)d medicines on one prescription"),
    }

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.extra = len(self.initial or []) or 1

    def add_fields(self, form: Any, index: int | None) -> None:
        super().add_fields(form, index)
        form.fields["DELETE"].label = _("Remove this medicine")

    def initial_form_count(self) -> int:
        return 0

    @property
    def filled(self) -> list[MedicineForm]:
        return [row for row in self.forms if row.has_changed() and row not in self.deleted_forms]

    @property
    def medicines(self) -> list[Medicine]:
        """The rows of a valid formset, not saved."""
        return [row.instance for row in self.filled]

    def clean(self) -> None:
        if not self.filled and not any(self.errors):
            raise ValidationError(_("Add at least one medicine"), code="empty")


MedicineFormSet = forms.formset_factory(
    MedicineForm,
    formset=BaseMedicineFormSet,
    can_delete=True,
    max_num=MEDICINE_LIMIT,
    validate_max=True,
)


def rows_of(prescription: Prescription) -> forms.BaseFormSet:
    """The medicines of a draft, to be edited, as they were typed last; of a new one, a blank row."""
    if prescription.typed is not None:
        return rows_as_typed(prescription.typed)
    medicines = prescription.medicines.all() if prescription.pk else []
    return MedicineFormSet(initial=[as_typed(row) for row in medicines], prefix="medicines")


def rows_as_typed(data: Mapping[str, str], *more: dict[str, Any]) -> forms.BaseFormSet:
    """What was typed so far, unchecked, without the rows that were ticked away; and `more` rows at the end."""
    sent = MedicineFormSet(data, prefix="medicines")
    kept = [row for row in sent.forms if f"{row.prefix}-DELETE" not in data]
    rows = [{name: row[name].value() for name in MedicineForm.Meta.fields} for row in kept]
    return MedicineFormSet(initial=[*rows, *more], prefix="medicines")


def as_typed(medicine: Medicine) -> dict[str, Any]:
    """A row of the editor with this medicine."""
    return forms.model_to_dict(medicine, MedicineForm.Meta.fields)


def content_typed(data: Mapping[str, str]) -> dict[str, str]:
    """What of a browser's form is the draft's, right or not."""
    return {name: data[name] for name in data if name in PrescriptionForm.Meta.fields or name.startswith("medicines-")}


class PrescriptionForm(forms.ModelForm):
    """The editor without its rows. `version` is the draft's when the page was opened."""

    version = forms.IntegerField(widget=forms.HiddenInput, required=False)

    class Meta:
        model = Prescription
        fields = ("diagnosis", "advice", "weight_kg", "follow_up_on", "valid_until")
        widgets = {
            "diagnosis": forms.Textarea({"rows": 2}),
            "advice": forms.Textarea({"rows": 4}),
            "weight_kg": number("decimal"),
            "follow_up_on": DateInput(),
            "valid_until": DateInput(),
        }
        help_texts = {
            "diagnosis": _("The patient reads it here. It is not printed for the pharmacy."),
            "advice": _("Printed below the medicines."),
            "weight_kg": _("For children. Printed."),
            "valid_until": _("The last day on which a pharmacy may dispense it."),
        }
        error_messages = {
            "diagnosis": {"required": _("Enter the diagnosis")},
            "weight_kg": {"invalid": _("Enter the weight as a number, like 12.5")},
        }

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["diagnosis"].required = True
        self.fields["version"].initial = self.instance.version
        if self.instance.typed is not None and not self.is_bound:
            self.initial.update({name: self.instance.typed.get(name, "") for name in self.Meta.fields})
        elif not self.initial.get("valid_until"):
            self.initial["valid_until"] = timezone.localdate() + VALIDITY

    def clean_version(self) -> int:
        """Of a page that names none, as of one that was opened before there was a draft, 0."""
        return self.cleaned_data["version"] or 0


class IssueForm(forms.Form):
    """That the doctor has checked this version, and the patient's record. Over `matches` it takes a reason."""

    version = forms.IntegerField(widget=forms.HiddenInput)
    record_seen = forms.CharField(max_length=64, widget=forms.HiddenInput)
    reviewed = forms.BooleanField(
        label=_("I have reviewed the patient's allergies and medicines."),
        error_messages={"required": NotReviewed.message},
    )
    match_reason = forms.CharField(
        label=_("Why you prescribe it all the same"),
        help_text=_("Kept with the prescription. Not printed."),
        max_length=500,
        validators=[no_hidden_characters],
        error_messages={"required": _("Enter why you prescribe it all the same")},
        widget=forms.Textarea({"rows": 2}),
    )

    def __init__(self, *args: Any, matches: Sequence[Match], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        if not matches:
            del self.fields["match_reason"]


class RevokeForm(forms.ModelForm):
    """Why it holds no longer."""

    class Meta:
        model = Prescription
        fields = ("revoke_reason",)
        widgets = {"revoke_reason": forms.Textarea({"rows": 3})}
        help_texts = {"revoke_reason": _("The patient reads this.")}
        error_messages = {"revoke_reason": {"required": _("Enter why you revoke it")}}

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["revoke_reason"].required = True


class CodeForm(forms.Form):
    """The code from a printed prescription, however it was typed."""

    code = forms.CharField(
        label=_("Verification code"),
        max_length=60,
        help_text=_("The 16 letters and digits below the square code, like 7K3M-2Q9A-X4TB-W5RC"),
        error_messages={"required": _("Enter the code from the prescription")},
        widget=forms.TextInput({"autocomplete": "off", "autocapitalize": "characters", "spellcheck": "false"}),
    )

    def clean_code(self) -> str:
        code = normalise_code(self.cleaned_data["code"])
        if len(code) != CODE_LENGTH or not set(code) <= set(ALPHABET):
            raise ValidationError(_("Enter all 16 letters and digits of the code"), code="malformed")
        return code


class BirthDateForm(forms.Form):
    """What who holds the prescription can read on it."""

    birth_date = BirthDateField(label=_("The patient's date of birth"))
