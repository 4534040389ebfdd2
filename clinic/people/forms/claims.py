"""What staff send to give a patient access to the own record, and the patient to take it."""

from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django.utils.translation import gettext_lazy as _

from clinic.forms import BirthDateField
from clinic.people.models import Claim


class OfferClaimForm(forms.Form):
    """Where the link goes; nowhere, if the code is read out."""

    email = forms.EmailField(
        label=_("Email of the patient"),
        help_text=_("We send the link there. Leave it empty to read the code out only"),
        required=False,
    )


class ClaimCodeForm(forms.Form):
    """The code, as somebody heard it."""

    code = forms.CharField(
        label=_("Code"),
        help_text=_("Ten letters and numbers, like 7K3M 9QXA 2F. Small letters are fine"),
        max_length=30,
        widget=forms.TextInput({"autocomplete": "one-time-code", "spellcheck": "false"}),
        error_messages={"required": _("Enter the code that the clinic gave you")},
    )


class ClaimForm(forms.Form):
    """The date of birth that belongs to `claim`."""

    birth_date = BirthDateField()

    def __init__(self, *args: Any, claim: Claim, **options: Any) -> None:
        super().__init__(*args, **options)
        self.claim = claim

    def clean_birth_date(self) -> Any:
        birth_date = self.cleaned_data["birth_date"]
        if not self.claim.is_of(birth_date):
            raise ValidationError(_("This is not the date that the clinic has. Check it, or call the clinic"))
        return birth_date
