"""Instant visits: one press, a guest as the patient, and a name before anything is written."""

import pytest
from django.urls import reverse
from django.utils import timezone

from televisit.errors import PatientNotNamed
from televisit.instant import open_now
from televisit.models import Note, Participant
from televisit.tests.factories import a_visit

pytestmark = pytest.mark.django_db
OF_THE_VISIT = ("door", "room", "people", "history", "note", "finish", "by-phone", "invitations")


@pytest.fixture
def visit():
    return open_now(a_visit().host, at=timezone.now())


@pytest.fixture
def doctor(client, visit):
    client.force_login(visit.host.user)
    visit.seat_guest("Ana", role=Participant.Role.PATIENT).wait(at=timezone.now())
    return client


@pytest.mark.parametrize("name", OF_THE_VISIT)
def test_pages_of_a_visit_without_a_patient(doctor, visit, name):
    response = doctor.get(reverse(f"televisit:{name}", args=[visit.code]))

    assert response.status_code == 200
    assert "None" not in response.content.decode()


@pytest.mark.parametrize("page", ["/doctor/", "/doctor/waiting/", "appointment"])
def test_other_pages_show_who_is_not_named(doctor, visit, page):
    response = doctor.get(visit.appointment.get_absolute_url() if page == "appointment" else page)

    assert response.status_code == 200
    assert "None" not in response.content.decode()


def test_the_room_leads_to_naming_the_patient(doctor, visit):
    page = doctor.get(reverse("televisit:room", args=[visit.code])).content.decode()

    assert reverse("televisit:name-patient", args=[visit.code]) in page


def test_no_note_before_the_patient_has_a_name(visit):
    with pytest.raises(PatientNotNamed):
        Note.objects.write(visit, visit.host, "Cough", version=0)
    assert not Note.objects.exists()


def test_doctor_makes_the_patient_and_writes(doctor, visit):
    who = {"given_name": "Ana", "family_name": "Reis", "phone": ""}
    born = {"birth_date_day": "27", "birth_date_month": "3", "birth_date_year": "1954"}

    response = doctor.post(reverse("televisit:name-patient", args=[visit.code]), {**who, **born})

    assert response.url == reverse("televisit:room", args=[visit.code])
    visit.appointment.refresh_from_db()
    Note.objects.write(visit, visit.host, "Cough", version=0)
    assert visit.appointment.patient.name == "Ana Reis"


def test_every_page_leads_to_joining_with_a_code(client):
    assert reverse("televisit:code") in client.get("/").content.decode()
