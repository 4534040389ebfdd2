"""Reading and changing as they go on record, and the PDF as a download; for pages and API alike."""

from typing import Any

from django.db import models
from django.http import HttpResponse
from django.shortcuts import get_object_or_404

from clinic.audit.models import AuditEntry
from prescriptions.models import Prescription

Action = AuditEntry.Action


def record(action: str, prescription: Prescription, request: Any, *, subject: models.Model | None = None) -> None:
    """Write to the audit log who does what with the prescription, or with a `subject` that is shown beside it.

    Who is neither the doctor nor the patient acts for the patient.
    """
    patient, user = prescription.patient, request.user
    acts_for = None if user.pk in {patient.user_id, prescription.doctor.user_id} else patient
    AuditEntry.objects.record(
        action, subject or prescription, by=user, request=request, patient=patient, for_whom=acts_for
    )


def pdf_response(prescription: Prescription, request: Any) -> HttpResponse:
    """The PDF as it was issued, as a download that nobody on the way keeps; 404 for a draft. Goes on record."""
    given = get_object_or_404(Prescription.objects.given(), pk=prescription.pk)
    record(Action.DOWNLOADED, prescription, request)
    response = HttpResponse(given.pdf, content_type="application/pdf")
    response["Content-Disposition"] = f'attachment; filename="{prescription.file_name}"'
    response["Cache-Control"] = "private, no-store"
    return response
