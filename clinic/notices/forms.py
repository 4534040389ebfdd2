"""What browsers may send about notices."""

from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from appointments.permissions import end_reasons
from clinic.people.forms.fields import PhoneField
from clinic.people.models import User

from .channels import CHANNELS
from .choices import Action, Kind
from .models import Notice, Preference
from .preferring import choices_of, kinds_for, set_phone


class AnswerForm(forms.Form):
    """A button; and where something ends, the reason."""

    def __init__(self, *args: Any, notice: Notice, action: Action, **options: Any) -> None:
        super().__init__(*args, **options)
        if action in {Action.CANCEL, Action.DECLINE} and notice.appointment is not None:
            self.fields["reason"] = forms.ChoiceField(
                label=_("Why?"),
                choices=end_reasons(notice.person, notice.appointment),
                widget=forms.RadioSelect,
                error_messages={"required": _("Choose a reason")},
            )


class PreferencesForm(forms.Form):
    """The number for text messages, and a tick for each kind and channel that this person may hear of."""

    phone = PhoneField(label=_("Mobile number for text messages"), required=False)

    def __init__(self, *args: Any, user: User, **options: Any) -> None:
        super().__init__(*args, **options)
        self.user = user
        self.fields["phone"].initial = user.phone
        for (kind, channel), is_on in choices_of(user).items():
            self.fields[name_of(kind, channel)] = forms.BooleanField(required=False, initial=is_on)

    @property
    def rows(self) -> list[tuple[str, list[Any]]]:
        """For each kind its label, and for each channel the tick, or None where it is always on or never."""
        return [(str(kind.label), [self.cell(kind, channel) for channel in CHANNELS]) for kind in kinds_for(self.user)]

    def cell(self, kind: Kind, channel: str) -> Any:
        name = name_of(kind, channel)
        return self[name] if name in self.fields else None

    def save(self) -> None:
        set_phone(self.user, self.cleaned_data["phone"])
        for kind, channel in choices_of(self.user):
            is_on = self.cleaned_data[name_of(kind, channel)]
            Preference.objects.choose(self.user, kind, channel, is_on=is_on)


def name_of(kind: str, channel: str) -> str:
    return f"{kind}-{channel}"
