"""Who may prescribe. Who may read follows from Prescription.objects.visible_to."""

from appointments.models import Appointment
from appointments.permissions import is_its_doctor
from clinic.people.models import User

from .models import Prescription


def can_prescribe(user: User, appointment: Appointment) -> bool:
    """Only the doctor of the appointment."""
    return is_its_doctor(user, appointment)


def can_change(user: User, prescription: Prescription) -> bool:
    """Only who writes it: the doctor, approved and not suspended."""
    return prescription.doctor.user_id == user.pk and prescription.doctor.is_practising
