"""Reading and changing as they go on record, and the PDF as a download; for pages and API alike."""

from typing import Any

from django.db import models
from django.http import HttpResponse
from django.shortcuts import get_object_or_404

from clinic.audit.models import AuditEntry
from prescriptions.models import Prescription

Action = AuditEntry.Action


def record(action: str, prescription: Prescription, request: Any, *, subject: models.Model | None = None) -> None:
    """Write to the audit log who does what with the prescription, or with a `subject` that is shown beside it."""
    parties = {"patient": prescription.patient, "doctor": prescription.doctor}
    AuditEntry.objects.record_between(action, subject or prescription, by=request.user, request=request, **parties)


def pdf_response(prescription: Prescription, request: Any) -> HttpResponse:
    """The PDF as it was issued, as a download that nobody on the way keeps; 404 for a draft. Goes on record."""
    given = get_object_or_404(Prescription.objects.given(), pk=prescription.pk)
    record(Action.DOWNLOADED, prescription, request)
    response = HttpResponse(given.pdf, content_type="application/pdf")
    response["Content-Disposition"] = f'attachment; filename="{prescription.file_name}"'
    response["Cache-Control"] = "private, no-store"
    return response
