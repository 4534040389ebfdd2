"""What is told of an event, and to whom."""

from collections.abc import Iterable
from datetime import datetime

from django.db.models import Q

from appointments.models import Appointment, AppointmentEvent
from clinic.people.models import Patient, User
from prescriptions.models import PrescriptionEvent

from .models import Kind, Notice, Reminder

Told = AppointmentEvent.Kind
TO_DOCTOR: dict[str, Kind] = {
    Told.REQUESTED: Kind.REQUEST_RECEIVED,
    Told.CONFIRMED: Kind.CONFIRMED,
    Told.CANCELLED: Kind.CANCELLED,
    Told.EXPIRED: Kind.EXPIRED,
}
TO_PATIENT: dict[str, Kind] = {
    Told.REQUESTED: Kind.REQUESTED,
    Told.CONFIRMED: Kind.CONFIRMED,
    Told.DECLINED: Kind.DECLINED,
    Told.CANCELLED: Kind.CANCELLED,
    Told.EXPIRED: Kind.EXPIRED,
}
OF_PRESCRIPTION: dict[str, Kind] = {
    PrescriptionEvent.Kind.ISSUED: Kind.PRESCRIPTION_ISSUED,
    PrescriptionEvent.Kind.REVOKED: Kind.PRESCRIPTION_REVOKED,
}


def doctor_side(appointment: Appointment) -> Iterable[User]:
    """The doctor, if the appointment has one."""
    if appointment.doctor_id is None:  # an emergency that nobody has taken
        return []
    return User.objects.filter(doctor=appointment.doctor_id, is_active=True)


def patient_side(patient: Patient | None, at: datetime) -> Iterable[User]:
    """The patient, if they sign in, and all who may act for them at the instant `at`."""
    if patient is None:
        return []
    acting = Q(representations__in=patient.representations.valid(at))
    return User.objects.filter(Q(patient=patient) | acting, is_active=True).distinct()


def notices_of_appointment(event: AppointmentEvent) -> list[Notice]:
    """What is told of a step of an appointment; nothing of most steps of a visit."""
    appointment, key = event.appointment, f"appointment-event-{event.pk}"
    if appointment.period is None:  # an emergency that nobody has taken: its patient has the page open
        return []
    facts = {"appointment": appointment, "at": event.at}
    told = []
    if event.kind in TO_DOCTOR:
        told += notices(TO_DOCTOR[event.kind], key, doctor_side(appointment), **facts)
    if event.kind in TO_PATIENT:
        told += notices(TO_PATIENT[event.kind], key, patient_side(appointment.patient, event.at), **facts)
    return told


def notices_of_prescription(event: PrescriptionEvent) -> list[Notice]:
    prescription = event.prescription
    return notices(
        OF_PRESCRIPTION[event.kind],
        f"prescription-event-{event.pk}",
        patient_side(prescription.patient, event.at),
        appointment=prescription.appointment,
        prescription=prescription,
        at=event.at,
    )


def notices_of_reminder(reminder: Reminder) -> list[Notice]:
    appointment = reminder.appointment
    people = [*doctor_side(appointment), *patient_side(appointment.patient, reminder.due_at)]
    return notices(Kind.REMINDER, f"reminder-{reminder.pk}", people, appointment=appointment, at=reminder.due_at)


def notices(kind: str, key: str, people: Iterable[User], **facts: object) -> list[Notice]:
    """One notice for each of `people`, under a key of its own."""
    return [Notice(kind=kind, key=f"{key}-{user.pk}", recipient=user, **facts) for user in people]
