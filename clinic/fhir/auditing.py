"""Whose data was read, by whom, goes on record."""

from collections.abc import Iterable
from functools import partial
from typing import Any

from clinic.audit.models import AuditEntry
from clinic.audit.models.entries import address_of
from clinic.people.models import Patient

from .reader import Reader
from .resource import Source

Found = tuple[Source, Any]


def note_read(found: Found, reader: Reader, request: Any, *, action: str = AuditEntry.Action.READ) -> None:
    """That the reader has read this one; nothing for what is about no patient."""
    source, row = found
    if source.patient is not None:
        AuditEntry.objects.record(action, row, request=request, **whose(source.patient_of(row), reader))


def note_search(found: Iterable[Found], reader: Reader, request: Any) -> None:
    """That the reader has read something of each of these patients: a line for each, in one statement."""
    about = (source.patient_of(row) for source, row in found if source.patient is not None)
    patients = {patient.pk: patient for patient in about if patient is not None}
    if patients:
        address = address_of(request)
        read = partial(AuditEntry.objects.line, AuditEntry.Action.READ, address=address)
        AuditEntry.objects.bulk_create([read(patient, **whose(patient, reader)) for patient in patients.values()])


def whose(patient: Patient | None, reader: Reader) -> dict[str, Any]:
    """Who reads whose, and for whom where they act for somebody else."""
    acts = patient is not None and patient.pk in reader.acting_for and patient.user_id != reader.user.pk
    return {"by": reader.user, "patient": patient, "for_whom": patient if acts else None}
