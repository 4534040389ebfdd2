"""Prescriptions for the tests."""

from decimal import Decimal
from typing import Any

import factory
from django.utils import timezone
from factory.django import DjangoModelFactory

from appointments.models import Appointment
from appointments.tests.factories import AppointmentFactory
from prescriptions.models import Medicine, Prescription

MEDICINE: dict[str, Any] = {
    "name": "Amoxicillin",
    "strength": "500 mg",
    "form": "capsule",
    "route": "by mouth",
    "dose": Decimal("1"),
    "dose_unit": "capsule",
    "frequency": "3 times a day",
    "duration_days": 7,
    "quantity": Decimal("21"),
    "quantity_unit": "capsules",
    "refills": 0,
    "instructions": "With food.",
    "substitution_allowed": True,
}


class PrescriptionFactory(DjangoModelFactory[Prescription]):
    """A draft with one medicine, for an appointment that goes on."""

    class Meta:
        model = Prescription
        skip_postgeneration_save = True

    appointment = factory.SubFactory(AppointmentFactory, status=Appointment.Status.IN_PROGRESS)
    patient = factory.SelfAttribute("appointment.patient")
    doctor = factory.SelfAttribute("appointment.doctor")
    diagnosis = "Acute bronchitis"
    advice = "Drink a lot.\nRest for three days."

    @factory.post_generation
    def medicines(self, create, extracted, **changes):
        if create:
            rows = [MEDICINE] if extracted is None else extracted
            self.rewrite(medicines=[Medicine(**{**row, **changes}) for row in rows])


def issued(**facts: Any) -> Prescription:
    """A prescription that its doctor has really issued."""
    prescription = PrescriptionFactory(**facts)
    prescription.issue(by=prescription.doctor.user, at=timezone.now(), reviewed=True)
    return prescription


def revoked(**facts: Any) -> Prescription:
    prescription = issued(**facts)
    prescription.revoke(by=prescription.doctor.user, at=timezone.now(), reason="The dose was wrong.")
    return prescription
