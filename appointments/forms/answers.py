from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from appointments.models import Slot
from appointments.models.choices import NOTE_LIMIT, SYMPTOMS_LIMIT
from clinic.people.models import Patient

LATE_MINUTES = (10, 20, 30)


class SeenForm(forms.Form):
    """`seen` is the version of the appointment that the page showed: what changed meanwhile is not overrun."""

    seen = forms.IntegerField(required=False, widget=forms.HiddenInput)


class EndForm(SeenForm):
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
        label=_("A message about it"),
        max_length=NOTE_LIMIT,
        widget=forms.Textarea({"rows": 3}),
        required=False,
    )


class DeclineForm(EndForm):
    note = forms.CharField(
        label=_("A message to the patient"),
        help_text=_("For example, what they can do instead"),
        max_length=NOTE_LIMIT,
        widget=forms.Textarea({"rows": 3}),
        required=False,
    )


class TimeForm(SeenForm):
    """Another time of the same doctor, by its uid; whether it is free is for the model to say."""

    slot = forms.ModelChoiceField(
        Slot.objects.none(),
        to_field_name="uid",
        error_messages={"required": _("Choose a time"), "invalid_choice": _("This time is gone. Choose another one")},
    )

    def __init__(self, *args: Any, slots: Any, **options: Any) -> None:
        super().__init__(*args, **options)
        field: Any = self.fields["slot"]
        field.queryset = slots


class LateForm(forms.Form):
    """How late the doctor runs."""

    minutes = forms.TypedChoiceField(choices=[(minutes, f"+{minutes}") for minutes in LATE_MINUTES], coerce=int)


class EmergencyForm(forms.Form):
    """For whom a doctor is needed at once, and why."""

    patient = forms.ModelChoiceField(
        Patient.objects.none(),
        label=_("Who needs a doctor?"),
        to_field_name="uid",
        empty_label=None,
        widget=forms.RadioSelect,
        error_messages={"required": _("Choose who needs a doctor")},
    )
    symptoms = forms.CharField(
        label=_("What is wrong?"),
        help_text=_("A few words are enough. Only doctors read this"),
        max_length=SYMPTOMS_LIMIT,
        widget=forms.Textarea({"rows": 3}),
        error_messages={"required": _("Say in a few words what is wrong")},
    )

    def __init__(self, *args: Any, patients: Any, **options: Any) -> None:
        super().__init__(*args, **options)
        field: Any = self.fields["patient"]
        field.queryset = patients


class HandOverForm(forms.Form):
    """What becomes of one appointment of a doctor who cannot come."""

    what = forms.ChoiceField(
        label=_("What becomes of it?"),
        error_messages={"invalid_choice": _("This is not possible any more. Choose something else.")},
    )

    def __init__(self, *args: Any, choices: list[Any], **options: Any) -> None:
        super().__init__(*args, **options)
        field: Any = self.fields["what"]
        field.choices = choices
