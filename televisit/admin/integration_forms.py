"""The steps of setting up a video service, as forms."""

from collections.abc import Mapping
from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django.utils.translation import gettext_lazy as _

from clinic.people.models import Clinic
from televisit.models import Integration
from televisit.providers import PROVIDERS, Provider
from televisit.providers.base import Field
from televisit.providers.errors import ProviderError
from televisit.providers.http import refuse_unsafe
from televisit.providers.webrtc import OwnRooms

OPTIONS = {
    "start_muted": _("People come in with the microphone off"),
    "start_camera_off": _("People come in with the camera off"),
    "vendor_chat": _("The service’s own chat, beside ours"),
    "show_names": _("The service learns people’s names"),
    "recording": _("The doctor can record at the service"),
}
HELP = {
    "vendor_chat": _("What is written there stays with the service and is not part of the record."),
    "show_names": _("Without it the service learns the role only: Doctor, Patient, Relative, Interpreter."),
    "recording": _("Ask everybody first. The recording stays with the service."),
}


def options_of(service: type[Provider]) -> dict[str, Any]:
    """The options that it can follow, in words."""
    return {name: label for name, label in OPTIONS.items() if name in service.follows}


class ChooseForm(forms.Form):
    """Step 1: whose contract it is, and with whom."""

    clinic = forms.ModelChoiceField(
        Clinic.objects.none(),
        label=_("Clinic"),
        to_field_name="slug",
        error_messages={"required": _("Choose a clinic"), "invalid_choice": _("Choose one of your clinics")},
    )
    provider = forms.ChoiceField(
        label=_("Video service"),
        widget=forms.RadioSelect,
        error_messages={
            "required": _("Choose a video service"),
            "invalid_choice": _("There is no video service of this name here."),
        },
    )

    def __init__(self, *args: Any, clinics: Any, **options: Any) -> None:
        super().__init__(*args, **options)
        services = [(name, service.label) for name, service in PROVIDERS.items() if service is not OwnRooms]
        self.fields["clinic"].queryset = clinics  # type: ignore[attr-defined]
        self.fields["provider"].choices = services  # type: ignore[attr-defined]


class CredentialsForm(forms.Form):
    """Step 2: the keys. A secret one is never shown again; left empty, the one that there is stays."""

    def __init__(self, *args: Any, service: type[Provider], integration: Integration | None, **options: Any) -> None:
        self.service = service
        self.kept: Mapping[str, str] = integration.credentials if integration else {}
        super().__init__(*args, **options)
        if service.needs_base_url:
            self.fields["address"] = address_field(integration)
        for field in service.credential_fields:
            self.fields[field.name] = key_field(field, self.kept)
        if service.regions:
            self.fields["region"] = region_field(service, integration)

    def clean(self) -> dict[str, Any]:
        """No field may hold an address that others can listen to, or that is none."""
        data = super().clean() or {}
        addresses = {field.name for field in self.service.credential_fields if field.is_address} | {"address"}
        for name in sorted(addresses & data.keys()):
            data[name] = data[name].rstrip("/")
            try:
                refuse_unsafe(data[name])
            except ProviderError as refusal:
                self.add_error(name, str(refusal))
        return data

    @property
    def credentials(self) -> dict[str, str]:
        """The whole set, with those that were left as they are."""
        names = [field.name for field in self.service.credential_fields]
        return {name: self.cleaned_data.get(name) or self.kept.get(name, "") for name in names}

    @property
    def place(self) -> dict[str, str]:
        """Region and address, where the service has them."""
        return {name: self.cleaned_data[name] for name in ("region", "address") if name in self.fields}


def key_field(field: Field, kept: Mapping[str, str]) -> forms.CharField:
    """What asks for one credential."""
    has_one = field.is_secret and bool(kept.get(field.name))
    hint = _("Leave it empty to keep the one that there is.") if has_one else field.help
    attrs = {"autocomplete": "off", "spellcheck": "false"}
    plain = forms.Textarea({"rows": 6, **attrs}) if field.is_long else forms.TextInput(attrs)
    secret = field.is_secret and not field.is_long
    return forms.CharField(
        label=str(field.label),
        error_messages={"required": _("Enter it as the service shows it")},
        help_text=str(hint),
        required=field.is_required and not has_one,
        initial="" if field.is_secret else kept.get(field.name, ""),
        max_length=8000 if field.is_long else 400,
        widget=forms.PasswordInput({"autocomplete": "new-password"}) if secret else plain,
    )


def address_field(integration: Integration | None) -> forms.CharField:
    return forms.CharField(
        label=_("Address of your server"),
        help_text=_("Like https://video.example.org"),
        error_messages={"required": _("Enter the address of your server, like https://video.example.org")},
        initial=integration.address if integration else "",
        max_length=200,
        widget=forms.TextInput({"inputmode": "url", "autocomplete": "off"}),
    )


def region_field(service: type[Provider], integration: Integration | None) -> forms.ChoiceField:
    return forms.ChoiceField(
        label=_("Region"),
        choices=list(service.regions.items()),
        initial=integration.region if integration else "",
        required=False,
    )


class OptionsForm(forms.ModelForm):
    """Step 3: how the rooms are, and when the service is asked."""

    class Meta:
        model = Integration
        fields = ("order",)

    def __init__(self, *args: Any, service: type[Provider], **options: Any) -> None:
        super().__init__(*args, **options)
        self.offered = options_of(service)
        for name, label in self.offered.items():
            chosen = bool(self.instance.options.get(name))
            hint = HELP.get(name, "")
            self.fields[name] = forms.BooleanField(label=label, help_text=hint, initial=chosen, required=False)

    def clean_order(self) -> int:
        order = self.cleaned_data["order"]
        if order < 1:
            raise ValidationError(_("Enter 1 or more"))
        return order

    def save(self, commit: bool = True) -> Integration:  # noqa: FBT001, FBT002  (Django's)
        self.instance.options = {name: self.cleaned_data[name] for name in self.offered}
        return super().save(commit)
