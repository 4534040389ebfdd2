"""Reading what patient and doctor told each other: only they do, and it goes on record. For pages and API alike."""

from typing import Any

from clinic.audit.models import AuditEntry
from clinic.people.models import User

from .models import Appointment
from .permissions import can_read_symptoms


def reads_symptoms(user: User, appointment: Appointment, *, request: Any) -> bool:
    """Whether `user` may read the symptoms of `appointment`; if so, that this happens is written to the audit log.

    Who is neither the doctor nor the patient acts for the patient.
    """
    if not can_read_symptoms(user, appointment):
        return False
    patient = appointment.patient
    is_party = appointment.is_of_doctor(user) or (patient is not None and patient.user_id == user.pk)
    AuditEntry.objects.record(
        AuditEntry.Action.READ,
        appointment,
        by=user,
        request=request,
        patient=patient,
        for_whom=None if is_party else patient,
    )
    return True
