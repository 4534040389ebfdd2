"""Who stands in which relation to an appointment, for the tables of roles."""

from datetime import date

from django.test import Client

from appointments.models import Appointment
from clinic.people.models import User
from clinic.people.tests.factories import (
    DoctorFactory,
    PatientFactory,
    RepresentationFactory,
    StaffFactory,
    UserFactory,
)

LONG_AGO = date(2021, 1, 1)


def person(role: str, appointment: Appointment) -> User | None:
    """A user of that role; None for who is not signed in."""
    patient = appointment.patient
    makers = {
        "anonymous": lambda: None,
        "patient": lambda: patient.user,
        "representative": lambda: RepresentationFactory(patient=patient).user,
        "former representative": lambda: RepresentationFactory(patient=patient, valid_until=LONG_AGO).user,
        "unchecked representative": lambda: RepresentationFactory(patient=patient, checked_by=None).user,
        "doctor": lambda: appointment.doctor.user,
        "other patient": lambda: PatientFactory().user,
        "other doctor": lambda: DoctorFactory().user,
        "nobody": UserFactory,
        "staff": StaffFactory,
    }
    return makers[role]()


def sign_in(client: Client, user: User | None) -> None:
    if user is not None:
        client.force_login(user)
