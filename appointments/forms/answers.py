from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from appointments.models.choices import NOTE_LIMIT


class EndForm(forms.Form):
    """Why an appointment ends. `reasons` are the choices that the reader's role has."""

    reason = forms.ChoiceField(
        label=_("Why?"), widget=forms.RadioSelect, error_messages={"required": _("Choose a reason")}
    )

    def __init__(self, *args: Any, reasons: list[tuple[str, str]], **options: Any) -> None:
        super().__init__(*args, **options)
        field: Any = self.fields["reason"]
        field.choices = reasons


class CancelForm(EndForm):
    note = forms.CharField(
        label=_("Anything that the other side should know"),
        max_length=NOTE_LIMIT,
        widget=forms.Textarea({"rows": 3}),
        required=False,
    )


class DeclineForm(EndForm):
    note = forms.CharField(
        label=_("Words to the patient"),
        help_text=_("For example, what they can do instead"),
        max_length=NOTE_LIMIT,
        widget=forms.Textarea({"rows": 3}),
        required=False,
    )
