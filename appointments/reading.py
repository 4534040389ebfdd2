"""Reading what patient and doctor told each other: only they do, and it goes on record. For pages and API alike."""

from typing import Any

from clinic.audit.models import AuditEntry
from clinic.people.models import User

from .models import Appointment
from .permissions import can_read_symptoms, can_take


def reads_symptoms(user: User, appointment: Appointment, *, request: Any) -> bool:
    """Whether `user` may read the symptoms of `appointment`; if so, that this happens is written to the audit log."""
    if not can_read_symptoms(user, appointment):
        return False
    doctor = user.doctor if can_take(user, appointment) else appointment.doctor
    AuditEntry.objects.record_between(
        AuditEntry.Action.READ, appointment, by=user, request=request, patient=appointment.patient, doctor=doctor
    )
    return True
