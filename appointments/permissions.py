"""Who may act on an appointment. Whether it is possible now is for the model to say."""

from collections.abc import Collection

from django.utils import timezone

from clinic.people.models import User
from clinic.people.permissions import works_at_desk

from .models import Appointment, Offer
from .models.choices import EndReason

OF_PATIENTS = (
    EndReason.SCHEDULE_CONFLICT,
    EndReason.FEELING_BETTER,
    EndReason.BOOKED_ELSEWHERE,
    EndReason.MISTAKE,
    EndReason.OTHER,
)
OF_THE_CLINIC = (
    EndReason.DOCTOR_UNAVAILABLE,
    EndReason.NEEDS_IN_PERSON,
    EndReason.DUPLICATE,
    EndReason.PATIENT_REQUEST,
    EndReason.CLINIC_MISSED,
    EndReason.OTHER,
)


def is_its_doctor(user: User, appointment: Appointment) -> bool:
    """The doctor of the appointment, approved and not suspended."""
    return appointment.is_of_doctor(user) and appointment.doctor.is_practising


def can_take(user: User, appointment: Appointment) -> bool:
    """Whoever is on call may take an emergency that nobody has taken, and read it before."""
    return appointment.is_untaken and appointment.takers(timezone.now()).filter(user=user).exists()


def is_on_patients_side(user: User, appointment: Appointment) -> bool:
    """The patient, or somebody who acts for the patient now."""
    return appointment.patient is not None and appointment.patient.is_represented_by(user)


def can_read_symptoms(user: User, appointment: Appointment, *, acting_for: Collection[int] | None = None) -> bool:
    """The two parties only, and who may take an emergency: staff organise, they do not read why somebody comes.

    A list reads once for whom `user` acts, and passes their keys as `acting_for`.
    """
    if is_its_doctor(user, appointment) or appointment.is_of_patient(user) or can_take(user, appointment):
        return True
    if acting_for is not None:
        return appointment.patient_id in acting_for
    return is_on_patients_side(user, appointment)


def can_answer_offer(user: User, appointment: Appointment) -> bool:
    """Whose turn it is to answer the time that waits, if one does; and staff, who hear the answer by phone."""
    offer = appointment.open_offer
    if offer is None:
        return False
    if offer.waits_for == Offer.Side.DOCTOR:
        return can_answer(user, appointment)
    return works_at_desk(user, appointment.clinic_id) or is_on_patients_side(user, appointment)


def can_answer(user: User, appointment: Appointment) -> bool:
    """Accept or decline a request."""
    return works_at_desk(user, appointment.clinic_id) or is_its_doctor(user, appointment)


def can_book_follow_up(user: User, appointment: Appointment) -> bool:
    """Book the same patient again, past the limits of patients."""
    return is_its_doctor(user, appointment) and appointment.patient is not None


def can_conclude(user: User, appointment: Appointment) -> bool:
    """Say that the patient did not come, or that it was done by phone."""
    return works_at_desk(user, appointment.clinic_id) or is_its_doctor(user, appointment)


def can_move(user: User, appointment: Appointment) -> bool:
    return can_cancel(user, appointment)


def can_cancel(user: User, appointment: Appointment) -> bool:
    return can_answer(user, appointment) or is_on_patients_side(user, appointment)


def end_reasons(user: User, appointment: Appointment) -> list[tuple[str, str]]:
    """The reasons that `user` may give for cancelling or declining, as choices."""
    reasons = OF_THE_CLINIC if can_answer(user, appointment) else OF_PATIENTS
    return [(reason.value, str(reason.label)) for reason in reasons]
