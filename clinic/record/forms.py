"""What browsers may send to a record."""

from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from .kinds import Kind
from .models import Opening


class EntryForm(forms.Form):
    """One line of history, in the words of its kind."""

    name = forms.CharField(max_length=200)
    detail = forms.CharField(max_length=500, required=False)

    def __init__(self, *args: Any, kind: Kind, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        name, detail = self.fields["name"], self.fields["detail"]
        name.label, name.help_text, name.error_messages["required"] = kind.name_label, kind.name_hint, kind.name_missing
        detail.label, detail.help_text = kind.detail_label, kind.detail_hint


class OpeningForm(forms.ModelForm):
    """Why a doctor opens a record that has closed."""

    class Meta:
        model = Opening
        fields = ("reason",)
        widgets = {"reason": forms.Textarea({"rows": 3})}
        help_texts = {"reason": _("The patient reads it, with your name and the day.")}
        error_messages = {"reason": {"required": _("Enter why you need the record")}}
