"""Booking and answering through the API."""

from datetime import timedelta

import pytest
from django.utils import timezone

from appointments.models import Appointment, Slot
from clinic.audit.models import AuditEntry
from clinic.people.models import Doctor
from clinic.people.tests.factories import (
    DoctorFactory,
    PatientFactory,
    RepresentationFactory,
    SpecialtyFactory,
    StaffFactory,
    UserFactory,
)

from .factories import AppointmentFactory, SlotFactory, booked

pytestmark = pytest.mark.django_db
APPOINTMENTS = "/api/v1/appointments/"
JSON = "application/json"


@pytest.fixture
def patient(client):
    """A patient who is signed in."""
    patient = PatientFactory()
    client.force_login(patient.user)
    return patient


def requested() -> Appointment:
    return booked(SlotFactory(doctor=DoctorFactory(booking_mode=Doctor.Mode.REQUEST)))


def test_booking_answers_with_the_appointment(client, patient):
    slot = SlotFactory()

    response = client.post(APPOINTMENTS, {"slot": slot.uid, "symptoms": "A cough."}, JSON)

    assert response.status_code == 201
    body = response.json()
    assert (body["status"], body["patient"]["uid"], body["symptoms"]) == ("confirmed", patient.uid, "A cough.")


def test_a_retry_with_the_same_key_books_once(client, patient):
    body = {"slot": SlotFactory().uid, "symptoms": "A cough."}

    first = client.post(APPOINTMENTS, body, JSON, headers={"Idempotency-Key": "k1"})
    again = client.post(APPOINTMENTS, body, JSON, headers={"Idempotency-Key": "k1"})

    assert first.json()["reference"] == again.json()["reference"]
    assert Appointment.objects.count() == 1


def test_a_key_used_for_something_else_is_refused(client, patient):
    client.post(APPOINTMENTS, {"slot": SlotFactory().uid, "symptoms": "A"}, JSON, headers={"Idempotency-Key": "k1"})

    other = {"slot": SlotFactory().uid, "symptoms": "B"}
    response = client.post(APPOINTMENTS, other, JSON, headers={"Idempotency-Key": "k1"})

    assert (response.status_code, response.json()["code"]) == (409, "key_used_for_something_else")


def test_a_taken_slot_is_409(client, patient):
    slot = SlotFactory()
    booked(slot)

    response = client.post(APPOINTMENTS, {"slot": slot.uid, "symptoms": "A cough."}, JSON)

    assert (response.status_code, response.json()["code"]) == (409, "slot_taken")


def test_booking_for_somebody_one_does_not_represent_is_400(client, patient):
    body = {"slot": SlotFactory().uid, "symptoms": "A cough.", "for": PatientFactory().uid}

    response = client.post(APPOINTMENTS, body, JSON)

    assert (response.status_code, list(response.json())) == (400, ["for"])


def test_booking_for_a_child_whom_one_represents(client):
    parent = RepresentationFactory()
    client.force_login(parent.user)
    body = {"slot": SlotFactory().uid, "symptoms": "Ear ache.", "for": parent.patient.uid}

    response = client.post(APPOINTMENTS, body, JSON)

    assert response.json()["patient"]["uid"] == parent.patient.uid
    assert response.json()["symptoms"] == "Ear ache."


@pytest.mark.parametrize(
    ("body", "field"),
    [
        ({"symptoms": "A cough."}, "slot"),
        ({"slot": "NOSUCHSLOT", "symptoms": "A cough."}, "slot"),
        ({"slot": "given"}, "symptoms"),
        ({"slot": "given", "symptoms": "x" * 2001}, "symptoms"),
        ({"slot": "given", "symptoms": "A cough.", "reason_category": "witchcraft"}, "reason_category"),
    ],
)
def test_malformed_bookings_name_the_field(client, patient, body, field):
    if body.get("slot") == "given":
        body = {**body, "slot": SlotFactory().uid}

    response = client.post(APPOINTMENTS, body, JSON)

    assert (response.status_code, list(response.json())) == (400, [field])


@pytest.mark.parametrize(
    ("who", "status"),
    [("anonymous", 401), ("patient", 200), ("doctor", 200), ("staff", 200), ("stranger", 404), ("other_doctor", 404)],
)
def test_who_reads_an_appointment(client, who, status):
    appointment = AppointmentFactory()
    log_in(client, who, appointment)

    response = client.get(f"{APPOINTMENTS}{appointment.reference}/")

    assert response.status_code == status


@pytest.mark.parametrize(("who", "status"), [("patient", 403), ("doctor", 200), ("staff", 200), ("stranger", 404)])
def test_who_accepts_a_request(client, who, status):
    appointment = requested()
    log_in(client, who, appointment)

    response = client.post(f"{APPOINTMENTS}{appointment.reference}/accept/")

    assert response.status_code == status


def log_in(client, who: str, appointment: Appointment) -> None:
    """Sign `who` in: a party of the appointment, or somebody else."""
    users = {
        "patient": lambda: appointment.patient.user,
        "doctor": lambda: appointment.doctor.user,
        "staff": StaffFactory,
        "stranger": UserFactory,
        "other_doctor": lambda: DoctorFactory().user,
    }
    if who in users:
        client.force_login(users[who]())


def test_accepting_twice_is_409(client):
    appointment = requested()
    client.force_login(appointment.doctor.user)
    client.post(f"{APPOINTMENTS}{appointment.reference}/accept/")

    response = client.post(f"{APPOINTMENTS}{appointment.reference}/accept/")

    assert (response.status_code, response.json()["code"]) == (409, "transition_refused")


def test_a_patient_cannot_give_the_clinics_reason(client, patient):
    appointment = booked(patient=patient)

    response = client.post(f"{APPOINTMENTS}{appointment.reference}/cancel/", {"reason": "clinic_missed"}, JSON)

    assert (response.status_code, list(response.json())) == (400, ["reason"])


def test_cancelling_frees_the_slot(client, patient):
    slot = SlotFactory()
    appointment = booked(slot, patient=patient)

    client.post(f"{APPOINTMENTS}{appointment.reference}/cancel/", {"reason": "mistake"}, JSON)

    slot.refresh_from_db()
    assert slot.status == Slot.Status.OPEN


def test_a_no_show_before_the_start_is_409(client):
    appointment = booked()
    client.force_login(appointment.doctor.user)

    response = client.post(f"{APPOINTMENTS}{appointment.reference}/no-show/")

    assert (response.status_code, response.json()["code"]) == (409, "too_early_for_no_show")


def test_staff_do_not_read_symptoms(client):
    appointment = AppointmentFactory()
    client.force_login(StaffFactory())

    response = client.get(f"{APPOINTMENTS}{appointment.reference}/")

    assert response.json()["symptoms"] is None


@pytest.mark.parametrize("number", [1, 6])
def test_the_list_takes_as_many_queries_for_many_as_for_one(client, django_assert_num_queries, number):
    parent = RepresentationFactory()
    for _ in range(number):
        AppointmentFactory(patient=parent.patient, booked_by=parent.user)
    client.force_login(parent.user)

    client.get(APPOINTMENTS)  # the session's first use is noted

    with django_assert_num_queries(6):
        response = client.get(f"{APPOINTMENTS}?as=patient")

    assert len(response.json()["results"]) == number


def test_anybody_finds_open_slots_by_specialty(client, django_assert_max_num_queries):
    skin = SpecialtyFactory(slug="dermatology")
    wanted = SlotFactory(doctor=DoctorFactory(specialties=[skin]))
    SlotFactory()
    client.get("/api/v1/slots/")  # the clinic is read once in a while

    with django_assert_max_num_queries(4):
        response = client.get("/api/v1/slots/?specialty=dermatology")

    assert [slot["id"] for slot in response.json()["results"]] == [wanted.uid]


def test_a_slot_reads_in_the_zone_asked_for(client):
    slot = SlotFactory()

    found = client.get(f"/api/v1/doctors/{slot.doctor.slug}/slots/?tz=Asia/Kolkata").json()["results"][0]

    assert found["zone"] == "Asia/Kolkata"
    assert found["start"].endswith("+05:30")


@pytest.mark.parametrize("query", ["tz=Mars/Base", "from=yesterday", "specialty=a b"])
def test_a_malformed_search_is_400(client, query):
    response = client.get(f"/api/v1/slots/?{query}")

    assert response.status_code == 400


def test_doctors_say_when_they_are_free_next(client):
    slot = SlotFactory()

    (doctor,) = client.get("/api/v1/doctors/").json()["results"]

    assert doctor["slug"] == slot.doctor.slug
    assert doctor["next_free_at"].startswith(slot.starts_at.strftime("%Y-%m-%dT%H:%M"))


def test_a_doctor_publishes_and_withdraws_a_slot(client):
    doctor = DoctorFactory()
    client.force_login(doctor.user)
    start = timezone.now() + timedelta(days=2)
    body = {"start": start.isoformat(), "end": (start + timedelta(minutes=20)).isoformat()}

    made = client.post("/api/v1/slots/", body, JSON)
    gone = client.delete(f"/api/v1/slots/{made.json()['id']}/")

    assert (made.status_code, gone.status_code) == (201, 204)
    assert Slot.objects.get().status == Slot.Status.WITHDRAWN


@pytest.mark.parametrize(("start", "end", "status"), [(-60, -40, 409), (60, 60, 400), (60, 40, 400)])
def test_impossible_slots_are_refused(client, start, end, status):
    client.force_login(DoctorFactory().user)
    now = timezone.now()
    body = {name: (now + timedelta(minutes=n)).isoformat() for name, n in (("start", start), ("end", end))}

    response = client.post("/api/v1/slots/", body, JSON)

    assert response.status_code == status
    assert not Slot.objects.exists()


@pytest.mark.parametrize(
    ("who", "status"), [("patient", 403), ("unapproved", 403), ("other_doctor", 404), ("owner", 204)]
)
def test_who_withdraws_a_slot(client, who, status):
    slot = SlotFactory()
    users = {
        "patient": lambda: PatientFactory().user,
        "unapproved": lambda: DoctorFactory(approved_at=None).user,
        "other_doctor": lambda: DoctorFactory().user,
        "owner": lambda: slot.doctor.user,
    }
    client.force_login(users[who]())

    response = client.delete(f"/api/v1/slots/{slot.uid}/")

    assert response.status_code == status


def test_weekly_hours_open_slots_and_go_with_them(client):
    doctor = DoctorFactory()
    client.force_login(doctor.user)

    made = client.post("/api/v1/availability/", {"weekday": 0, "starts": "09:00", "ends": "10:00"}, JSON)
    opened = doctor.slots.count()
    client.delete(f"/api/v1/availability/{made.json()['id']}/")

    assert made.status_code == 201
    assert opened > 0
    assert doctor.slots.count() == 0


def test_hours_past_midnight_are_refused(client):
    client.force_login(DoctorFactory().user)

    response = client.post("/api/v1/availability/", {"weekday": 0, "starts": "22:00", "ends": "02:00"}, JSON)

    assert (response.status_code, list(response.json())) == (400, ["ends"])


def test_time_off_takes_open_slots_away(client):
    doctor = DoctorFactory()
    client.force_login(doctor.user)
    slot = SlotFactory(doctor=doctor)
    body = {"start": slot.period.lower.isoformat(), "end": slot.period.upper.isoformat()}

    response = client.post("/api/v1/time-off/", body, JSON)

    assert response.status_code == 201
    assert response.json()["start"]
    assert not Slot.objects.bookable(timezone.now()).exists()


def test_the_calendar_file_is_for_the_parties(client, patient):
    appointment = booked(patient=patient)

    response = client.get(f"{APPOINTMENTS}{appointment.reference}/calendar/")

    assert response["Content-Type"] == "text/calendar; charset=utf-8"
    assert b"BEGIN:VEVENT" in response.content


@pytest.mark.parametrize(("who", "number"), [("patient", 1), ("doctor", 1), ("staff", 0)])
def test_reading_the_symptoms_goes_on_record(client, who, number):
    appointment = AppointmentFactory()
    log_in(client, who, appointment)

    client.get(f"{APPOINTMENTS}{appointment.reference}/")

    assert AuditEntry.objects.filter(patient=appointment.patient, for_whom=None, action="read").count() == number
