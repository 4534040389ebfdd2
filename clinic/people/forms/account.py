"""allauth's forms with our words: labels in sentence case, and errors that say what to do."""

from typing import Any

from allauth.account import forms as allauth
from django.utils.translation import gettext_lazy as _

PASSWORD_HINT = _("At least 10 characters. Not your name, and not a password that many people use.")
WORDS = {  # name of field: label, error when left empty
    "login": (_("Email"), _("Enter your email address")),
    "email": (_("Email"), _("Enter your email address")),
    "password": (_("Password"), _("Enter your password")),
    "oldpassword": (_("Your password now"), _("Enter the password that you use now")),
    "password1": (_("New password"), _("Enter a new password")),
    "password2": (_("New password again"), _("Enter the new password again")),
    "code": (_("Code"), _("Enter the code from our email")),
}


class PlainWords:
    """Mixin of a form whose fields have the names in WORDS."""

    fields: dict[str, Any]

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        for name in WORDS.keys() & self.fields.keys():
            field = self.fields[name]
            field.label, field.error_messages["required"] = WORDS[name]
        if "password1" in self.fields:
            self.fields["password1"].help_text = PASSWORD_HINT
        if "code" in self.fields:
            self.fields["code"].widget.attrs["class"] = "input-code"


class LoginForm(PlainWords, allauth.LoginForm):
    pass


class ReauthenticateForm(PlainWords, allauth.ReauthenticateForm):
    pass


class RequestLoginCodeForm(PlainWords, allauth.RequestLoginCodeForm):
    pass


class ConfirmLoginCodeForm(PlainWords, allauth.ConfirmLoginCodeForm):
    pass


class ConfirmEmailVerificationCodeForm(PlainWords, allauth.ConfirmEmailVerificationCodeForm):
    pass


class ResetPasswordForm(PlainWords, allauth.ResetPasswordForm):
    pass


class ResetPasswordKeyForm(PlainWords, allauth.ResetPasswordKeyForm):
    pass


class ChangePasswordForm(PlainWords, allauth.ChangePasswordForm):
    pass


class SetPasswordForm(PlainWords, allauth.SetPasswordForm):
    pass


class AddEmailForm(PlainWords, allauth.AddEmailForm):
    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["email"].label = _("New email address")


class ChangeEmailForm(PlainWords, allauth.ChangeEmailForm):
    pass
