"""What a browser may send to a visit."""

from typing import Any

from django import forms
from django.core.validators import RegexValidator
from django.utils.translation import gettext_lazy as _

from appointments.models import Outcome
from clinic.forms import DateInput

ask_for_number = _("Enter a phone number that we can reach you on, like +351 912 345 678")


class DoorForm(forms.Form):
    """What the doctor needs if something happens during the visit: somebody falls ill, or the line breaks."""

    place = forms.CharField(
        label=_("Where are you now?"),
        help_text=_("Street and town. If you fall ill during the visit, the doctor can send help there."),
        max_length=200,
        widget=forms.TextInput({"autocomplete": "street-address"}),
        error_messages={"required": _("Enter where you are, like 5 Harbour Street, Lisbon")},
    )
    callback = forms.CharField(
        label=_("Number if we are cut off"),
        help_text=_("The doctor calls you on it if the video stops."),
        max_length=32,
        validators=[RegexValidator(r"^\+?[\d\s()./-]{5,}$", ask_for_number)],
        widget=forms.TextInput({"autocomplete": "tel", "type": "tel"}),
        error_messages={"required": ask_for_number},
    )


class MinutesForm(forms.Form):
    """Whole minutes: added to a visit, or spent on the phone."""

    minutes = forms.IntegerField(
        label=_("Minutes on the phone"),
        min_value=1,
        max_value=600,
        widget=forms.NumberInput({"inputmode": "numeric"}),
        error_messages={"required": _("Enter the minutes, like 12"), "invalid": _("Enter the minutes, like 12")},
    )


class NoteForm(forms.Form):
    """The consultation note as a page has it; `version` is the save that the page has seen."""

    text = forms.CharField(required=False, strip=False, max_length=20_000, widget=forms.Textarea({"rows": 12}))
    version = forms.IntegerField(min_value=0)


class FinishForm(forms.Form):
    """What came of the visit, and what the patient reads about it; `version` is the save that the page has seen."""

    outcome = forms.ChoiceField(
        label=_("What came of the visit"),
        choices=Outcome.Kind,
        widget=forms.RadioSelect,
        error_messages={"required": _("Choose what came of the visit")},
    )
    text = forms.CharField(
        label=_("Advice for the patient"),
        help_text=_("In plain words: what to do, and what not to do."),
        required=False,
        max_length=4000,
        widget=forms.Textarea({"rows": 6}),
    )
    seek_help = forms.CharField(
        label=_("When to seek help"),
        help_text=_("Which signs mean that the patient must not wait. The emergency number is on the page anyway."),
        required=False,
        max_length=2000,
        widget=forms.Textarea({"rows": 4}),
    )
    follow_up_on = forms.DateField(label=_("Follow-up by"), required=False, widget=DateInput)
    version = forms.IntegerField(min_value=0, widget=forms.HiddenInput)

    def advice(self) -> dict[str, Any]:
        """What Advice.objects.write takes of it."""
        return {name: value for name, value in self.cleaned_data.items() if name != "outcome"}
