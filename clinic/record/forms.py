"""What browsers may send to a record."""

from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from clinic.people.uploads import ChartField

from .kinds import Kind


class EntryForm(forms.Form):
    """One line of history, in the words of its kind."""

    name = forms.CharField(max_length=200)
    detail = forms.CharField(max_length=500, required=False)

    def __init__(self, *args: Any, kind: Kind, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        name, detail = self.fields["name"], self.fields["detail"]
        name.label, name.help_text, name.error_messages["required"] = kind.name_label, kind.name_hint, kind.name_missing
        detail.label, detail.help_text = kind.detail_label, kind.detail_hint


class ChartForm(forms.Form):
    """A file for a patient's record; without a title it keeps the file's own name."""

    file = ChartField()
    title = forms.CharField(
        label=_("What it is"), help_text=_("For example: blood test of March"), max_length=120, required=False
    )

    def facts(self) -> dict[str, Any]:
        """What Chart.objects.keep takes of it."""
        upload = self.cleaned_data["file"]
        return {
            "content": upload.read(),
            "content_type": upload.content_type,
            "title": self.cleaned_data["title"] or upload.name,
        }
