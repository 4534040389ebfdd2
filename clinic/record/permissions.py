"""Who may read and write a patient's record. Clinic staff as such may not: they see no clinical text."""

from datetime import datetime, timedelta
from typing import Any

from django.db.models import Q

from appointments.models import Appointment
from clinic.people.models import Chart, Doctor, Patient
from clinic.people.models.patients import PatientQuerySet
from clinic.people.permissions import practising_doctor

from .models import Opening

STAYS_OPEN = timedelta(days=30)  # after the last visit
OPENS = (Appointment.Status.CONFIRMED, Appointment.Status.IN_PROGRESS, Appointment.Status.COMPLETED)


def treated_by(doctor: Doctor | None, at: datetime) -> PatientQuerySet:
    """Patients whose record is open to `doctor`: from the confirmation until 30 days after the last visit.

    Later, for a day after the doctor has said why.
    """
    if doctor is None:
        return Patient.objects.none()
    visits = Appointment.objects.filter(doctor=doctor, status__in=OPENS, period__endswith__gt=at - STAYS_OPEN)
    opened = Opening.objects.lasting(at).filter(doctor=doctor)
    return Patient.objects.filter(Q(pk__in=visits.values("patient")) | Q(pk__in=opened.values("patient")))


def once_treated_by(doctor: Doctor | None) -> PatientQuerySet:
    """Patients of `doctor`, of today or of long ago, whose record the doctor may open, if need be with a reason."""
    if doctor is None:
        return Patient.objects.none()
    visits = Appointment.objects.filter(doctor=doctor, status__in=OPENS)
    return Patient.objects.filter(pk__in=visits.values("patient"))


def open_to(user: Any, at: datetime) -> PatientQuerySet:
    """Patients whose record `user` may read and add to: oneself, those one acts for, and a doctor's patients."""
    own_side = Patient.objects.represented_by(user, at).values("pk")
    treated = treated_by(practising_doctor(user), at).values("pk")
    return Patient.objects.filter(Q(pk__in=own_side) | Q(pk__in=treated))


def doctor_towards(user: Any, patient: Patient, at: datetime) -> Doctor | None:
    """As which doctor `user` opens a record that is open to them; None on the patient's own side."""
    return None if patient.is_represented_by(user, at) else practising_doctor(user)


def can_delete_chart(user: Any, chart: Chart, at: datetime) -> bool:
    """Of those to whom its record is open: who has put it in, and the patient's doctors."""
    return chart.uploaded_by_id == user.pk or doctor_towards(user, chart.patient, at) is not None
