"""What a browser may send to a visit."""

from collections.abc import Iterable
from datetime import date
from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django.core.validators import RegexValidator, validate_email
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from appointments.models import Outcome
from clinic.forms import BirthDateField, DateInput

from .models import DeviceCheck, IdentityHow
from .models.choices import Role

PHONE = r"^\+?[\d\s()./-]{5,}$"
ask_for_number = _("Enter a phone number that we can reach you on, like +351 912 345 678")


def refuse_unreachable(address: str) -> None:
    """Raise ValidationError unless `address` is an e-mail address or a phone number."""
    check = validate_email if "@" in address else RegexValidator(PHONE)
    try:
        check(address)
    except ValidationError as unreachable:
        words = _("Enter an email address like name@example.com, or a phone number like +351 912 345 678")
        raise ValidationError(words) from unreachable


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
        validators=[RegexValidator(PHONE, ask_for_number)],
        widget=forms.TextInput({"autocomplete": "tel", "type": "tel"}),
        error_messages={"required": ask_for_number},
    )
    consent = forms.BooleanField(
        label=_("I agree to be treated over video"),
        error_messages={"required": _("Tick that you agree, or call the clinic for another way")},
    )

    def __init__(self, *args: Any, has_consent: bool = False, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        if has_consent:  # it is asked once
            del self.fields["consent"]


class GuestForm(forms.Form):
    """With what a guest comes by the visit's code or by a link."""

    name = forms.CharField(
        label=_("Your name"),
        help_text=_("The doctor sees it before letting you in."),
        max_length=160,
        widget=forms.TextInput({"autocomplete": "name"}),
        error_messages={"required": _("Enter your name")},
    )


class CodeGuestForm(GuestForm):
    """A guest by code also says as what they come."""

    role = forms.ChoiceField(
        label=_("You come as"), widget=forms.RadioSelect, error_messages={"required": _("Choose as what you come")}
    )

    def __init__(self, *args: Any, roles: Iterable[Role], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["role"].choices = [(role.value, role.label) for role in roles]  # type: ignore[attr-defined]


class PatientByLinkForm(GuestForm):
    """The patient's own seat needs more than the link."""

    birth_date = BirthDateField(help_text=_("Of the patient; for example, 27 3 1954"))


class CodeForm(forms.Form):
    """The code of a visit, however it is typed."""

    code = forms.CharField(
        label=_("Code of the visit"),
        help_text=_("12 letters and digits, like K7F3-QX2M-9D4T"),
        max_length=40,
        widget=forms.TextInput({"autocomplete": "off", "autocapitalize": "characters", "spellcheck": "false"}),
        error_messages={
            "required": _("Enter the code of the visit"),
            "unknown": _("No visit has this code. Check it and try again."),
        },
    )


class InviteForm(forms.Form):
    """Whom somebody asks to a visit."""

    role = forms.ChoiceField(
        label=_("Who is it?"), widget=forms.RadioSelect, error_messages={"required": _("Choose who it is")}
    )
    name = forms.CharField(label=_("Name"), required=False, max_length=160)
    address = forms.CharField(
        label=_("Email or mobile number"),
        help_text=_("We send the link there. Leave it empty to copy the link and send it yourself."),
        required=False,
        max_length=200,
        validators=[refuse_unreachable],
    )

    def __init__(self, *args: Any, roles: Iterable[Role], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["role"].choices = [(role.value, role.label) for role in roles]  # type: ignore[attr-defined]


class IdentityForm(forms.Form):
    """How the doctor made sure who it is, or why not."""

    how = forms.ChoiceField(
        label=_("Identity, place and number confirmed by"),
        choices=IdentityHow.choices,
        required=False,
        widget=forms.RadioSelect,
    )
    skipped = forms.CharField(label=_("Or the reason to go on without"), required=False, max_length=200)

    def clean(self) -> dict[str, Any]:
        data = super().clean() or {}
        if not data.get("how") and not data.get("skipped"):
            self.add_error("how", _("Choose how you confirmed it, or write why you go on without"))
        return data


class DeviceCheckForm(forms.ModelForm):
    """What a page found out about its browser's devices and network."""

    class Meta:
        model = DeviceCheck
        fields = (*DeviceCheck.PARTS, "round_trip_ms", "loss_percent", "relay_reached")


class NewPatientForm(forms.Form):
    """Who came to an instant visit."""

    given_name = forms.CharField(label=_("First names"), max_length=80)
    family_name = forms.CharField(label=_("Last name"), max_length=80)
    birth_date = BirthDateField()
    phone = forms.CharField(
        label=_("Phone"), required=False, max_length=32, validators=[RegexValidator(PHONE, ask_for_number)]
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

    def clean_follow_up_on(self) -> date | None:
        """A day to come; one that was named before may have passed."""
        day = self.cleaned_data["follow_up_on"]
        if day and day < timezone.localdate() and "follow_up_on" in self.changed_data:
            raise ValidationError(_("Choose a day that is still to come"))
        return day
