"""What a browser may send to a chat."""

from typing import Any

from django import forms
from django.core.validators import MaxLengthValidator
from django.utils.translation import gettext_lazy as _

from clinic.codes import uid
from clinic.people.uploads import ChartField

from .models import BODY_LIMIT

TOO_LONG = _("Write at most %(limit_value)s characters. These are %(show_value)s: send them as two messages.")
not_too_long = MaxLengthValidator(BODY_LIMIT, message=TOO_LONG)
EMPTY = _("Write your message first.")


class BodyField(forms.CharField):
    """A message's text. Browsers send line ends as two characters; we count and keep one.

    Without a ``maxlength`` in the page: browsers would cut off what is pasted, and say nothing.
    """

    def __init__(self, **kwargs: Any) -> None:
        super().__init__(validators=[not_too_long], **kwargs)

    def to_python(self, value: Any) -> str:
        return (super().to_python(value) or "").replace("\r\n", "\n")


class MessageForm(forms.Form):
    """One message: words, a file, or both. The page carries its name, so that pressing twice sends it once."""

    body = BodyField(
        label=_("Message"),
        required=False,
        widget=forms.Textarea(attrs={"rows": 2, "autocomplete": "off"}),
    )
    client_id = forms.CharField(max_length=64, initial=uid, widget=forms.HiddenInput)
    file = ChartField(label=_("Attach a file"), required=False)

    def __init__(self, *args: Any, takes_files: bool = True, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        if not takes_files:
            del self.fields["file"]

    def clean(self) -> dict[str, Any]:
        words = super().clean() or {}
        if not words.get("body") and not words.get("file") and not self.errors:
            self.add_error("body", EMPTY)
        return words

    def facts(self) -> dict[str, Any]:
        """What Message.objects.post takes of it."""
        return {**self.cleaned_data, "file": file_facts(self.cleaned_data.get("file"))}


def file_facts(upload: Any) -> dict[str, Any] | None:
    """What Chart.objects.keep takes of a file that ChartField has let in; None without one."""
    if not upload:
        return None
    return {"content": upload.read(), "content_type": upload.content_type, "title": upload.name}
