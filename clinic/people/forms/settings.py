"""What people may change about themselves under /settings/."""

from typing import Any

from django import forms
from django.conf import settings
from django.utils.translation import gettext_lazy as _

from clinic.people.models import Doctor, Patient, User

from .fields import LanguageField, LanguagesField, PhoneField, ZoneField


class DisplayForm(forms.ModelForm):
    """How the portal looks and tells time for one user. A language is asked for only where there are several."""

    zone = ZoneField(
        required=False,
        empty_words=_("As this device says"),
        help_text=_("Times on pages and in emails are in this zone"),
    )
    language = forms.ChoiceField(
        label=_("Language"), required=False, choices=[("", _("As this device says")), *settings.LANGUAGES]
    )

    class Meta:
        model = User
        fields = ["zone", "language", "theme"]
        widgets = {"theme": forms.RadioSelect}

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        if len(settings.LANGUAGES) < 2:
            del self.fields["language"]


class PatientSettingsForm(forms.ModelForm):
    """How the clinic reaches a patient, and what makes a visit easier for them."""

    phone = PhoneField(label=_("Phone"), required=False)
    language = LanguageField(label=_("Language that you like to speak"), required=False)

    needs = forms.CharField(
        label=_("What makes a visit easier for you"),
        help_text=_("For example: I am hard of hearing, and read lips. Your doctor sees this"),
        max_length=1000,
        widget=forms.Textarea({"rows": 3}),
        required=False,
    )

    class Meta:
        model = Patient
        fields = ["phone", "language", "interpreter_needed", "needs"]
        labels = {"interpreter_needed": _("I need an interpreter")}


class DoctorSettingsForm(forms.ModelForm):
    """How a doctor can be booked, and what patients read about the doctor."""

    zone = ZoneField(help_text=_("The hours that you publish are in this zone"), empty_words=_("Choose a time zone"))
    languages = LanguagesField()

    class Meta:
        model = Doctor
        fields = [
            "zone", "booking_mode", "slot_minutes", "buffer_before_minutes", "buffer_after_minutes",
            "about", "languages",
        ]  # fmt: skip
        widgets = {"booking_mode": forms.RadioSelect}
        help_texts = {
            "slot_minutes": _("Empty: as your clinic has it. Free times follow at once; what is booked stays as it is"),
            "buffer_before_minutes": _("Empty: as your clinic has it"),
            "buffer_after_minutes": _("Empty: as your clinic has it"),
            "about": _("One line that patients read under your name"),
        }
