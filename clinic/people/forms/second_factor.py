"""allauth's forms of the second step, with our words."""

from typing import Any

from allauth.mfa.base import forms as base
from allauth.mfa.totp.forms import ActivateTOTPForm
from allauth.mfa.webauthn import forms as webauthn
from django import forms
from django.utils.translation import gettext_lazy as _

NAME_LENGTH = 80


class CodeWords:
    """Mixin of a form that asks for a code of an app, or a recovery code."""

    fields: dict[str, Any]
    label = _("Code from your app, or a recovery code")

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        field = self.fields["code"]
        field.label = self.label
        field.error_messages["required"] = _("Enter the code")
        field.widget = forms.TextInput({"autocomplete": "one-time-code", "inputmode": "numeric", "class": "input-code"})


class AuthenticateForm(CodeWords, base.AuthenticateForm):
    pass


class ReauthenticateForm(CodeWords, base.ReauthenticateForm):
    pass


class ActivateAppForm(CodeWords, ActivateTOTPForm):
    label = _("Code that the app shows now")


class NameWords:
    """Mixin of a form that names a passkey."""

    fields: dict[str, Any]

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["name"] = forms.CharField(
            label=_("Name, for you to tell it from others"),
            max_length=NAME_LENGTH,
            error_messages={"required": _("Enter a name")},
        )


class AddPasskeyForm(NameWords, webauthn.AddWebAuthnForm):
    """Whether it can sign in by itself, the passkey knows: no need to ask."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        del self.fields["passwordless"]


class RenamePasskeyForm(NameWords, webauthn.EditWebAuthnForm):
    pass
