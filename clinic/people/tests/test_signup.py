"""Registering as patient or doctor: what is made, what is proven, what strangers learn."""

import re

import pytest
from allauth.account.models import EmailAddress
from django.core import mail
from django.urls import reverse

from clinic.people.models import Doctor, Patient, User
from clinic.people.tests.factories import ClinicFactory, PatientFactory, SpecialtyFactory

pytestmark = pytest.mark.django_db

PATIENT = {
    "given_name": "Ana",
    "family_name": "Moreira",
    "birth_date_day": "27",
    "birth_date_month": "3",
    "birth_date_year": "1954",
    "email": "ana@example.org",
    "password1": "",
}


def code_in_last_mail() -> str:
    return re.search(r"^\s*([A-Z0-9]{3,4}-?[A-Z0-9]{3,4})\s*$", mail.outbox[-1].body, re.MULTILINE)[1]


def prove_address(client):
    return client.post(reverse("account_email_verification_sent"), {"code": code_in_last_mail()})


def test_a_patient_registers_and_is_signed_in_once_the_address_is_proven(client):
    response = client.post(reverse("account_signup"), PATIENT)
    assert response.url == reverse("account_email_verification_sent")
    assert "_auth_user_id" not in client.session

    response = prove_address(client)

    patient = Patient.objects.get()
    assert response.url == reverse("home")
    assert client.session["_auth_user_id"] == str(patient.user_id)
    assert (patient.name, patient.birth_date.isoformat()) == ("Ana Moreira", "1954-03-27")
    assert patient.user.full_name == "Ana Moreira"
    assert not patient.user.has_usable_password()
