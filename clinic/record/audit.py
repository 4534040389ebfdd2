"""Every look into a record and every change of it goes on record itself."""

from typing import Any

from django.db import models
from django.db.models.functions import TruncDate
from django.utils import timezone

from clinic.audit.models import AuditEntry
from clinic.people.models import Doctor, Patient

Action = AuditEntry.Action
LOOKS = (Action.READ, Action.DOWNLOADED, Action.EXPORTED)
LOOKS_SHOWN = 20


def note(
    request: Any, action: str, patient: Patient, *, doctor: Doctor | None, subject: models.Model | None = None
) -> None:
    """Write down that the request's user did `action` to `subject`, or to the record as a whole.

    `doctor` is the user's own profile where they act as a doctor.
    """
    AuditEntry.objects.record_between(
        action, subject or patient, by=request.user, request=request, patient=patient, doctor=doctor
    )


def looks_at(patient: Patient) -> list[Any]:
    """Who else has looked and when, by day on the reader's calendar: ``{day, title, given, family}``, latest first."""
    looks = AuditEntry.objects.filter(patient=patient, action__in=LOOKS, actor__isnull=False)
    days = looks.exclude(actor=patient.user_id).values(
        day=TruncDate("at", tzinfo=timezone.get_current_timezone()),
        title=models.F("actor__doctor__title"),
        given=models.F("actor__given_name"),
        family=models.F("actor__family_name"),
    )
    return list(days.distinct().order_by("-day", "family", "given")[:LOOKS_SHOWN])
