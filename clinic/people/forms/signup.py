"""Registration of patients and doctors: a user and the profile, made together."""

from typing import Any

from allauth.account.forms import SignupForm
from django import forms
from django.db import transaction
from django.http import HttpRequest, HttpResponse
from django.utils.translation import gettext_lazy as _

from clinic.forms import BirthDateField
from clinic.people.models import Clinic, Doctor, Patient, Specialty, User

from .account import PlainWords
from .fields import LanguagesField, ZoneField


def text_field(label: Any, missing: Any, *, max_length: int = 80, autocomplete: str = "off") -> forms.CharField:
    """A line of text that has to be entered; `missing` says so."""
    return forms.CharField(
        label=label,
        max_length=max_length,
        widget=forms.TextInput({"autocomplete": autocomplete}),
        error_messages={"required": missing},
    )


class PersonSignupForm(PlainWords, SignupForm):
    """Names, e-mail, and a password for who wants one: what every user is made of."""

    account_already_exists: bool
    given_name = text_field(_("First names"), _("Enter your first names"), autocomplete="given-name")
    family_name = text_field(_("Last name"), _("Enter your last name"), autocomplete="family-name")

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["password1"].label = _("Password")
        self.fields["email"].help_text = _("We send a code to this address to check that it is yours")
        self.fields["password1"].help_text = _(
            "At least 10 characters. Leave it empty to sign in with a code that we email you each time"
        )

    def try_save(self, request: HttpRequest) -> tuple[User | None, HttpResponse | None]:
        """As allauth has it; but a registration that was never finished may be begun again."""
        if self.account_already_exists and User.objects.drop_abandoned(self.cleaned_data["email"]):
            self.account_already_exists = False
        return super().try_save(request)

    def answers(self, *names: str) -> dict[str, Any]:
        """What was entered in the fields of these names."""
        return {name: self.cleaned_data[name] for name in names}


class PatientSignupForm(PersonSignupForm):
    """A patient registers; the patient's profile is made with the user."""

    field_order = ["given_name", "family_name", "birth_date", "email", "password1"]
    birth_date = BirthDateField()

    @transaction.atomic
    def save(self, request: HttpRequest) -> User:
        user = super().save(request)
        Patient.objects.create(user=user, **self.answers("given_name", "family_name", "birth_date"))
        return user


class DoctorSignupForm(PersonSignupForm):
    """A doctor registers; the profile waits for the clinic's approval."""

    field_order = [
        "title", "given_name", "family_name", "email", "password1",
        "clinic", "specialties", "languages", "register", "number", "region", "zone",
    ]  # fmt: skip
    title = text_field(_("Title, like Dr"), _("Enter your title"), max_length=20, autocomplete="honorific-prefix")
    clinic = forms.ModelChoiceField(
        Clinic.objects.all(),
        label=_("Clinic"),
        empty_label=_("Choose a clinic"),
        error_messages={"required": _("Choose the clinic that you work for")},
    )
    specialties = forms.ModelMultipleChoiceField(
        Specialty.objects.all(),
        label=_("Specialties"),
        widget=forms.CheckboxSelectMultiple,
        error_messages={"required": _("Choose at least one specialty")},
    )
    languages = LanguagesField()
    register = text_field(_("Medical register that lists you"), _("Enter the register that lists you"), max_length=120)
    number = text_field(_("Registration number"), _("Enter your number in the register"), max_length=40)
    region = text_field(_("Country or region where you may practise"), _("Enter where you may practise"))
    zone = ZoneField(empty_words=_("Choose a time zone"), help_text=_("The hours that you publish are in this zone"))

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        clinics, field = Clinic.objects.all()[:2], self.fields["clinic"]
        if len(clinics) == 1:  # there is nothing to ask
            field.initial, field.disabled, field.widget = clinics[0], True, forms.HiddenInput()

    @transaction.atomic
    def save(self, request: HttpRequest) -> User:
        user = super().save(request)
        facts = self.answers("title", "clinic", "languages", "register", "number", "region", "zone")
        doctor = Doctor.objects.create(user=user, slug=Doctor.objects.unused_slug(user.full_name), **facts)
        doctor.specialties.set(self.cleaned_data["specialties"])
        user.zone = doctor.zone  # mails name times in it from the first one on
        user.save(update_fields=["zone"])
        return user
