"""What people say when they make a token for a program."""

from datetime import datetime, timedelta
from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _
from django.utils.translation import ngettext_lazy

from clinic.people.models.tokens import LONGEST, Scope

DAYS = (7, 30, 90, LONGEST.days)


def in_days(days: int) -> Any:
    return ngettext_lazy("%(n)d day", "%(n)d days", days) % {"n": days}


class TokenForm(forms.Form):
    name = forms.CharField(
        label=_("What is it for?"),
        help_text=_("For example: the practice software in room 2"),
        max_length=80,
        error_messages={"required": _("Say what it is for")},
    )
    scopes = forms.MultipleChoiceField(
        label=_("The program may"),
        help_text=_("Never more than you may do yourself"),
        choices=Scope,
        widget=forms.CheckboxSelectMultiple,
        error_messages={"required": _("Choose at least one")},
    )
    days = forms.TypedChoiceField(
        label=_("It ends after"), choices=[(days, in_days(days)) for days in DAYS], coerce=int, initial=90
    )

    def facts(self, at: datetime) -> dict[str, Any]:
        """What ApiToken.objects.make takes of it."""
        ends = at + timedelta(days=self.cleaned_data["days"])
        return {"name": self.cleaned_data["name"], "scopes": self.cleaned_data["scopes"], "expires_at": ends}
