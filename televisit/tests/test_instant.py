"""Instant visits: one press, a guest as the patient, and a name before anything is written."""

import pytest
from django.urls import reverse
from django.utils import timezone

from clinic.people.models import Patient
from televisit.errors import PatientNotNamed
from televisit.instant import open_now
from televisit.models import Note, Participant
from televisit.tests.factories import a_visit

pytestmark = pytest.mark.django_db
OF_THE_VISIT = ("door", "room", "people", "history", "note", "by-phone", "invitations")
WHO = {
    "given_name": "Ana",
    "family_name": "Reis",
    "phone": "",
    "birth_date_day": "27",
    "birth_date_month": "3",
    "birth_date_year": "1954",
}


@pytest.fixture
def visit():
    return open_now(a_visit().host, at=timezone.now())


@pytest.fixture
def doctor(client, visit):
    client.force_login(visit.host.user)
    visit.seat_guest("Ana", role=Participant.Role.PATIENT).wait(at=timezone.now())
    return client


def hold_and_end(visit):
    """Both come, and the doctor ends it."""
    at, doctor = timezone.now(), visit.host.user
    guest = visit.participants.get(role=Participant.Role.PATIENT)
    guest.visit = visit
    guest.admit(by=doctor, at=at)
    for seat in (visit.take_seat(doctor, at=at), guest):
        seat.enter(at=at)
    visit.refresh_from_db()
    visit.end(by=doctor, at=at)


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


@pytest.mark.parametrize("name", ["room", "note", "door"])
def test_nothing_is_offered_that_needs_a_patient(doctor, visit, name):
    if name == "door":
        hold_and_end(visit)

    page = doctor.get(reverse(f"televisit:{name}", args=[visit.code])).content.decode()

    assert reverse("televisit:name-patient", args=[visit.code]) in page
    assert reverse("prescriptions:write", args=[visit.appointment.reference]) not in page
    assert "Sign the note" not in page


def test_finishing_begins_with_the_patients_name(doctor, visit):
    response = doctor.get(reverse("televisit:finish", args=[visit.code]))

    assert response.url == reverse("televisit:name-patient", args=[visit.code])


def test_ended_without_a_name_it_is_still_to_finish(doctor, visit):
    hold_and_end(visit)

    page = doctor.get(reverse("record:to-finish")).content.decode()

    assert "Somebody not named yet" in page
    assert reverse("televisit:name-patient", args=[visit.code]) in page


def test_patient_is_named_after_the_end_too(doctor, visit):
    hold_and_end(visit)

    response = doctor.post(reverse("televisit:name-patient", args=[visit.code]), WHO)

    assert response.url == visit.get_absolute_url()
    assert reverse("televisit:finish", args=[visit.code]) in doctor.get(response.url).content.decode()


def test_patient_is_named_once(doctor, visit):
    doctor.post(reverse("televisit:name-patient", args=[visit.code]), WHO)

    again = doctor.post(reverse("televisit:name-patient", args=[visit.code]), WHO | {"given_name": "Rui"})

    assert "This visit has its patient already." in again.content.decode()
    assert not Patient.objects.filter(given_name="Rui").exists()


def test_no_note_before_the_patient_has_a_name(visit):
    with pytest.raises(PatientNotNamed):
        Note.objects.write(visit, visit.host, "Cough", version=0)
    assert not Note.objects.exists()


def test_doctor_makes_the_patient_and_writes(doctor, visit):
    response = doctor.post(reverse("televisit:name-patient", args=[visit.code]), WHO)

    assert response.url == reverse("televisit:room", args=[visit.code])
    visit.appointment.refresh_from_db()
    Note.objects.write(visit, visit.host, "Cough", version=0)
    assert visit.appointment.patient.name == "Ana Reis"


def test_every_page_leads_to_joining_with_a_code(client):
    assert reverse("televisit:code") in client.get("/").content.decode()
