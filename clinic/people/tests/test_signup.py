"""Registering as patient or doctor: what is made, what is proven, what strangers learn."""

import re

import pytest
from allauth.account.models import EmailAddress
from django.core import mail
from django.core.cache import cache
from django.urls import reverse

from clinic.people.models import Doctor, Patient, User
from clinic.people.tests.factories import ClinicFactory, DoctorFactory, PatientFactory, SpecialtyFactory

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


def test_a_password_is_kept_where_one_was_given(client):
    client.post(reverse("account_signup"), PATIENT | {"password1": "a-long-password-1"})

    assert User.objects.get().check_password("a-long-password-1")


def test_the_session_of_before_is_kept_and_next_leads_back(client):
    session = client.session
    session["hold"] = "key of a chosen slot"
    session.save()
    client.post(reverse("account_signup"), PATIENT | {"next": "/book/7K3M2Q9A7K3M2Q9A/"})

    response = prove_address(client)

    assert response.url == "/book/7K3M2Q9A7K3M2Q9A/"
    assert client.session["hold"] == "key of a chosen slot"


@pytest.mark.parametrize("elsewhere", ["https://evil.example/", "//evil.example/", "javascript:alert(1)", "\\\\evil"])
def test_next_never_leads_to_another_site(client, elsewhere):
    client.post(reverse("account_signup"), PATIENT | {"next": elsewhere})

    response = prove_address(client)

    assert response.url == reverse("home")


@pytest.mark.parametrize(
    ("wrong", "field"),
    [
        ({"given_name": ""}, "given_name"),
        ({"family_name": " "}, "family_name"),
        ({"birth_date_month": "13"}, "birth_date"),
        ({"birth_date_year": "2100"}, "birth_date"),
        ({"birth_date_day": ""}, "birth_date"),
        ({"email": "ana"}, "email"),
        ({"password1": "short"}, "password1"),
        ({"given_name": "a" * 81}, "given_name"),
    ],
)
def test_what_is_wrong_is_said_at_its_field_and_makes_nobody(client, wrong, field):
    response = client.post(reverse("account_signup"), PATIENT | wrong)

    assert list(response.context["form"].errors) == [field]
    assert "Error: " in response.content.decode()
    assert not User.objects.exists()


def test_nothing_is_made_where_the_profile_fails(client, monkeypatch):
    monkeypatch.setattr(Patient.objects, "create", lambda **_facts: 1 / 0)

    with pytest.raises(ZeroDivisionError):
        client.post(reverse("account_signup"), PATIENT)

    assert not User.objects.exists()


def test_a_wrong_code_proves_nothing(client):
    client.post(reverse("account_signup"), PATIENT)

    response = client.post(reverse("account_email_verification_sent"), {"code": "WRONG1"})

    assert response.status_code == 200
    assert not EmailAddress.objects.get().verified


def test_sign_up_looks_the_same_whether_or_not_there_is_an_account(client, django_user_model):
    taken = PatientFactory(user__email="taken@example.org").user
    EmailAddress.objects.create(user=taken, email=taken.email, verified=True, primary=True)
    pages = {}

    for email in ("taken@example.org", "fresh@example.org"):
        client.cookies.clear()
        response = client.post(reverse("account_signup"), PATIENT | {"email": email}, follow=True)
        pages[email] = response.redirect_chain, without_secrets(response.content.decode().replace(email, ""))

    assert pages["taken@example.org"] == pages["fresh@example.org"]
    assert "You have one already" in mail.outbox[0].body
    assert User.objects.filter(email="taken@example.org").count() == 1


def without_secrets(page: str) -> str:
    return re.sub(r'("X-CSRFToken": "|csrfmiddlewaretoken" value=")\w+', "", page)


def test_a_registration_that_was_never_finished_can_be_begun_again(client):
    client.post(reverse("account_signup"), PATIENT | {"given_name": "Mallory", "password1": "a-long-password-1"})
    client.cookies.clear()
    cache.clear()  # codes are sent to an address once in ten seconds

    client.post(reverse("account_signup"), PATIENT)
    prove_address(client)

    patient = Patient.objects.get()
    assert patient.given_name == "Ana"
    assert not patient.user.has_usable_password()


def test_a_doctor_registers_and_waits_for_approval(client):
    harbour, cardiology = ClinicFactory(), SpecialtyFactory()

    client.post(reverse("doctor_signup"), doctor_facts(harbour, cardiology))
    response = prove_address(client)

    doctor = Doctor.objects.get()
    assert response.url == reverse("home")
    assert (doctor.name, doctor.slug) == ("Dr Amara Osei", "amara-osei")
    assert (doctor.zone, doctor.user.zone) == ("Europe/Lisbon", "Europe/Lisbon")
    assert (doctor.languages, list(doctor.specialties.all())) == (["en", "pt"], [cardiology])
    assert doctor.state == Doctor.State.WAITING


def test_a_doctor_is_not_asked_for_the_clinic_where_there_is_one(client):
    only, specialty = ClinicFactory(), SpecialtyFactory()

    page = client.get(reverse("doctor_signup")).content.decode()
    client.post(reverse("doctor_signup"), doctor_facts(only, specialty) | {"clinic": ""})

    assert "Choose a clinic" not in page
    assert Doctor.objects.get().clinic == only


@pytest.mark.parametrize(
    ("wrong", "field"),
    [
        ({"zone": ""}, "zone"),
        ({"zone": "Mars/Olympus"}, "zone"),
        ({"clinic": "0"}, "clinic"),
        ({"specialties": []}, "specialties"),
        ({"languages": ["xx"]}, "languages"),
        ({"number": ""}, "number"),
    ],
)
def test_a_doctor_is_told_what_is_missing(client, wrong, field):
    ClinicFactory()  # there is a choice
    facts = doctor_facts(ClinicFactory(), SpecialtyFactory())

    response = client.post(reverse("doctor_signup"), facts | wrong)

    assert list(response.context["form"].errors) == [field]
    assert not User.objects.exists()


def test_nobody_approves_themself_by_an_extra_field(client):
    facts = doctor_facts(ClinicFactory(), SpecialtyFactory())

    client.post(reverse("doctor_signup"), facts | {"approved_at": "2026-01-01", "is_staff": "on", "is_superuser": "1"})

    user = User.objects.get()
    assert user.doctor.approved_at is None
    assert not user.is_staff
    assert not user.is_superuser


def test_doctors_of_one_name_have_different_addresses():
    ClinicFactory()
    first = Doctor.objects.unused_slug("Amara Osei")
    DoctorFactory(slug=first)

    second = Doctor.objects.unused_slug("Amara Osei")

    assert first == "amara-osei"
    assert second.startswith("amara-osei-")


def doctor_facts(clinic, specialty) -> dict[str, object]:
    return {
        "title": "Dr",
        "given_name": "Amara",
        "family_name": "Osei",
        "email": "amara@example.org",
        "password1": "a-long-password-1",
        "clinic": clinic.pk,
        "specialties": [specialty.pk],
        "languages": ["en", "pt"],
        "register": "Ordem dos Médicos",
        "number": "54321",
        "region": "Portugal",
        "zone": "Europe/Lisbon",
    }
