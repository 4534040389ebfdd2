"""Who may turn up at a patient's record, for the tests."""

from collections.abc import Callable
from datetime import timedelta

from django.db.backends.postgresql.psycopg_any import DateTimeTZRange
from django.utils import timezone

from appointments.models import Appointment
from appointments.tests.factories import AppointmentFactory
from clinic.people.models import Doctor, Patient, User
from clinic.people.tests.factories import DoctorFactory, PatientFactory, RepresentationFactory, StaffFactory

PNG = b"\x89PNG\r\n\x1a\n" + b"\0" * 64
PDF = b"%PDF-1.7\n" + b"\0" * 64
JPEG = b"\xff\xd8\xff\xe0" + b"\0" * 64


def seen_by(doctor: Doctor, patient: Patient, *, days_ago: float = 0, status: str = "completed") -> Appointment:
    """An appointment of both that ended `days_ago`; negative for one that is to come."""
    end = timezone.now() - timedelta(days=days_ago)
    period = DateTimeTZRange(end - timedelta(minutes=20), end)
    return AppointmentFactory(doctor=doctor, patient=patient, slot=None, period=period, status=status)


def doctor_of(patient: Patient, **facts) -> User:
    doctor = DoctorFactory(**facts.pop("doctor", {}))
    seen_by(doctor, patient, **facts)
    return doctor.user


READERS: dict[str, Callable[[Patient], User | None]] = {
    "anonymous": lambda _patient: None,
    "patient": lambda patient: patient.user,
    "representative": lambda patient: RepresentationFactory(patient=patient).user,
    "unchecked representative": lambda patient: RepresentationFactory(patient=patient, checked_by=None).user,
    "other patient": lambda _patient: PatientFactory().user,
    "doctor": doctor_of,
    "doctor before the visit": lambda patient: doctor_of(patient, days_ago=-7, status="confirmed"),
    "doctor in the visit": lambda patient: doctor_of(patient, days_ago=-0.01, status="in_progress"),
    "doctor 29 days after": lambda patient: doctor_of(patient, days_ago=29),
    "doctor 31 days after": lambda patient: doctor_of(patient, days_ago=31),
    "doctor with a request": lambda patient: doctor_of(patient, days_ago=-7, status="requested"),
    "doctor who declined": lambda patient: doctor_of(patient, days_ago=-7, status="declined"),
    "doctor of a cancelled visit": lambda patient: doctor_of(patient, days_ago=-7, status="cancelled"),
    "suspended doctor": lambda patient: doctor_of(patient, doctor={"suspended_at": timezone.now()}),
    "other doctor": lambda _patient: DoctorFactory().user,
    "staff": lambda _patient: StaffFactory(),
}
OWN_SIDE = {"patient", "representative"}
TREATING = {"doctor", "doctor before the visit", "doctor in the visit", "doctor 29 days after"}
STRANGERS = READERS.keys() - OWN_SIDE - TREATING - {"anonymous"}
NO_PRACTISING_DOCTOR = {
    "patient",
    "representative",
    "unchecked representative",
    "other patient",
    "suspended doctor",
    "staff",
}
