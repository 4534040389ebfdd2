"""A record that has closed: opened once more, with a reason that the patient reads."""

from datetime import timedelta

import pytest
import time_machine
from django.urls import reverse
from django.utils import timezone

from clinic.audit.models import AuditEntry
from clinic.people.tests.factories import PatientFactory
from clinic.record.models import LASTS, Opening

from .people import doctor_of

pytestmark = pytest.mark.django_db


@pytest.fixture
def patient():
    return PatientFactory()


@pytest.fixture
def doctor(patient):
    return doctor_of(patient, days_ago=31)


def address(name, patient):
    return reverse(f"record:{name}", args=[patient.uid])


def open_again(client, doctor, patient, reason="She calls about the old rash"):
    client.force_login(doctor)
    return client.post(address("open-again", patient), {"reason": reason})


def test_the_page_of_a_closed_record_asks_why(client, patient, doctor):
    client.force_login(doctor)

    response = client.get(address("patient", patient))

    assert response["Location"] == address("open-again", patient)


def test_with_a_reason_it_opens_for_a_day(client, patient, doctor):
    response = open_again(client, doctor, patient)

    assert response["Location"] == address("patient", patient)
    assert client.get(address("patient", patient)).status_code == 200
    with time_machine.travel(timezone.now() + LASTS + timedelta(minutes=1)):
        client.force_login(doctor)
        assert client.get(address("patient", patient)).status_code == 302


def test_without_a_reason_it_stays_closed(client, patient, doctor):
    response = open_again(client, doctor, patient, reason=" ")

    assert "Enter why you need the record" in response.content.decode()
    assert not Opening.objects.exists()


def test_the_patient_reads_who_opened_it_and_why(client, patient, doctor):
    open_again(client, doctor, patient)
    client.force_login(patient.user)

    page = client.get(reverse("record:own")).content.decode()

    assert "She calls about the old rash" in page
    assert doctor.doctor.name in page


def test_opening_goes_on_record_without_the_reason(client, patient, doctor):
    open_again(client, doctor, patient)

    entry = AuditEntry.objects.get(subject_type="record.Opening")
    assert (entry.patient, entry.actor, entry.action) == (patient, doctor, "created")


@pytest.mark.parametrize(
    ("facts", "status"),
    [({"days_ago": -7, "status": "requested"}, 404), ({"days_ago": 99, "status": "cancelled"}, 404)],
)
def test_who_never_treated_the_patient_cannot_open_it(client, patient, facts, status):
    response = open_again(client, doctor_of(patient, **facts), patient)

    assert response.status_code == status
    assert not Opening.objects.exists()


def test_one_doctors_reason_opens_it_for_that_doctor_only(client, patient, doctor):
    other = doctor_of(patient, days_ago=40)
    open_again(client, doctor, patient)
    client.force_login(other)

    assert client.get(address("patient", patient)).status_code == 302
