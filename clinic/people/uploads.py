"""What files people may upload: PDF, JPEG and PNG, told by their content, up to 20 MB."""

from pathlib import PurePath
from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django.core.files.uploadedfile import UploadedFile
from django.core.files.uploadhandler import TemporaryFileUploadHandler
from django.utils.translation import gettext_lazy as _

from clinic.people.models import Chart
from clinic.people.models.charts import plain_name

MEGABYTE = 1024 * 1024
LIMIT_BYTES = 20 * MEGABYTE
SIGNATURES = {b"%PDF-": Chart.Type.PDF, b"\xff\xd8\xff": Chart.Type.JPEG, b"\x89PNG\r\n\x1a\n": Chart.Type.PNG}


class LimitedUploadHandler(TemporaryFileUploadHandler):
    """Writes no more than the limit of an uploaded file to disk, so that 2 GB fill none.

    The file's size stays what was sent, so that a form can say that it is too large.
    """

    written = 0

    def new_file(self, *args: Any, **kwargs: Any) -> None:
        self.written = 0
        super().new_file(*args, **kwargs)

    def receive_data_chunk(self, raw_data: bytes, start: int) -> None:
        if self.written < LIMIT_BYTES:
            super().receive_data_chunk(raw_data, start)
            self.written += len(raw_data)


class ChartField(forms.FileField):
    """A file that may become a chart: `content_type` is then what its content says, `name` harmless, without suffix."""

    def __init__(self, **options: Any) -> None:
        accepted = ",".join(Chart.Type.values)
        options.setdefault("label", _("File"))
        options.setdefault("help_text", _("A PDF, or a JPEG or PNG picture, up to 20 MB"))
        super().__init__(widget=forms.FileInput({"accept": accepted}), **options)
        self.error_messages["required"] = _("Choose a file")
        self.error_messages["empty"] = _("This file is empty. Choose another one")

    def to_python(self, data: Any) -> Any:
        upload: Any = super().to_python(data)
        if upload is None:
            return None
        if upload.size > LIMIT_BYTES:
            raise ValidationError(_("This file is larger than 20 MB. Choose a smaller one"), code="too_large")
        upload.content_type = type_of(upload)
        upload.name = plain_name(PurePath(upload.name).stem)
        return upload


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


class ChartDeleteForm(forms.Form):
    reason = forms.CharField(
        label=_("Why it is deleted"),
        help_text=_("For example: it belongs to somebody else. The reason stays on record."),
        max_length=300,
        error_messages={"required": _("Enter why the file is deleted")},
    )


def type_of(upload: UploadedFile) -> Chart.Type:
    """What the content of `upload` is, whatever its name says. Raises ValidationError for all that we do not take."""
    upload.seek(0)
    beginning = upload.read(16)
    upload.seek(0)
    for signature, content_type in SIGNATURES.items():
        if beginning.startswith(signature):
            return content_type
    raise ValidationError(_("This is no PDF, JPEG or PNG file. Choose another one"), code="wrong_type")
