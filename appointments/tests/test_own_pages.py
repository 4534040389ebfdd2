"""The patient's home, one appointment, and who opens and answers it."""

from datetime import UTC, datetime, timedelta

import pytest
import time_machine
from django.urls import reverse

from appointments.models import Appointment
from clinic.audit.models import AuditEntry
from clinic.people.tests.factories import RepresentationFactory, StaffFactory, UserFactory

from .factories import AppointmentFactory, SlotFactory, booked
from .pages import NOON, address, at, requested, signed_in_as

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("clock")]

Status = Appointment.Status


# The home page


def test_the_next_visit_comes_first_and_requests_apart(client, patient):
    later, next_one = at(48, patient=patient), at(24, patient=patient)
    request = at(2, patient=patient, status=Status.REQUESTED)

    page = client.get("/appointments/")

    assert page.context["next_visit"] == next_one
    assert page.context["later_visits"] == [later]
    assert page.context["requests"] == [request]


def test_a_child_whom_one_represents_is_on_ones_home_page(client, patient):
    child = RepresentationFactory(user=patient.user).patient
    visit = at(24, patient=child)

    page = client.get("/appointments/")

    assert page.context["next_visit"] == visit
    assert child.name in page.text


def test_a_representation_that_ended_shows_nothing_any_more(client, patient):
    ended = RepresentationFactory(user=patient.user, valid_until=NOON.date() - timedelta(days=1))
    at(24, patient=ended.patient)

    page = client.get("/appointments/")

    assert page.context["next_visit"] is None


def test_a_home_page_on_which_a_request_waits_does_not_say_that_nothing_is_booked(client, patient):
    AppointmentFactory(patient=patient, status=Appointment.Status.REQUESTED)

    page = client.get("/appointments/")

    assert "Waiting for an answer" in page.text
    assert "No visit is booked." not in page.text


def test_the_home_page_offers_the_doctors_seen_before_with_their_next_free_time(client, patient):
    seen = AppointmentFactory(patient=patient, status=Appointment.Status.COMPLETED).doctor
    AppointmentFactory(patient=patient, status=Appointment.Status.CANCELLED)
    AppointmentFactory(patient=patient, status=Appointment.Status.COMPLETED, doctor__suspended_at=datetime.now(UTC))
    slot = SlotFactory(doctor=seen)

    page = client.get("/appointments/")

    assert list(page.context["doctors_again"]) == [seen]
    assert f"/doctors/{seen.slug}/?day={slot.starts_at:%Y-%m-}" in page.text


def test_an_empty_home_page_offers_the_next_step(client, patient):
    page = client.get("/appointments/")

    assert "No visit is booked." in page.text


@pytest.mark.parametrize(("minutes", "opens"), [(15, True), (16, False)])
def test_the_door_is_offered_from_the_minute_it_opens(client, patient, minutes, opens):
    visit = booked(SlotFactory(begins=NOON + timedelta(hours=1)), patient=patient).visit

    with time_machine.travel(visit.starts_at - timedelta(minutes=minutes), tick=False):
        page = client.get("/appointments/")

    assert ("Join waiting room" in page.text) is opens
    assert ("The waiting room opens on" in page.text) is not opens


@pytest.mark.parametrize(("hour", "words"), [(5, "Good morning"), (11, "Good afternoon"), (18, "Good evening")])
def test_the_greeting_knows_the_readers_clock(client, patient, hour, words):
    with time_machine.travel(NOON.replace(hour=hour), tick=False):
        page = client.get("/appointments/")

    assert f"{words}, Marta" in page.text


@pytest.mark.parametrize("number", [1, 6])
@pytest.mark.parametrize("address", ["/appointments/", "/appointments/past/"])
def test_the_lists_take_as_many_queries_for_many_as_for_one(
    client, patient, django_assert_max_num_queries, number, address
):
    for n in range(number):
        booked(SlotFactory(begins=NOON + timedelta(days=1 + n)), patient=patient, by=StaffFactory())
        at(-24 * (n + 1), patient=patient, status=Status.COMPLETED)
    client.get(address)

    with django_assert_max_num_queries(14):
        client.get(address)


def test_past_visits_hold_what_is_over_or_came_to_nothing(client, patient):
    over = at(-24, patient=patient, status=Status.COMPLETED)
    cancelled = at(24, patient=patient, status=Status.CANCELLED, slot__status="open")
    at(25, patient=patient)

    page = client.get("/appointments/past/")

    assert list(page.context["past"]) == [cancelled, over]


# Who opens what

READERS = [
    ("patient", 200),
    ("representative", 200),
    ("doctor", 200),
    ("other patient", 404),
    ("other doctor", 404),
    ("staff", 200),
]


@pytest.mark.parametrize(("who", "status"), READERS)
@pytest.mark.parametrize("name", ["detail", "booked", "calendar", "cancel"])
def test_who_opens_the_pages_of_an_appointment(client, name, who, status):
    appointment = at(24)
    signed_in_as(client, who, appointment)

    assert client.get(address(name, appointment)).status_code == status


@pytest.mark.parametrize("name", ["detail", "booked", "calendar", "cancel", "accept", "decline", "no-show", "complete"])
def test_strangers_sign_in_first(client, name):
    appointment = at(24)
    send = client.post if name == "accept" else client.get

    response = send(address(name, appointment))

    assert response.url.startswith(reverse("account_login"))


@pytest.mark.parametrize(
    ("who", "status"),
    [
        ("patient", 403),
        ("representative", 403),
        ("doctor", 302),
        ("other patient", 404),
        ("other doctor", 404),
        ("staff", 302),
    ],
)
@pytest.mark.parametrize("name", ["accept", "decline"])
def test_who_answers_a_request(client, name, who, status):
    appointment = requested()
    signed_in_as(client, who, appointment)

    response = client.post(address(name, appointment), {"reason": "needs_in_person"})

    appointment.refresh_from_db()
    assert response.status_code == status
    assert (appointment.status == Status.REQUESTED) is (status != 302)


@pytest.mark.parametrize(
    ("who", "status"),
    [("patient", 403), ("doctor", 302), ("other patient", 404), ("other doctor", 404), ("staff", 302)],
)
@pytest.mark.parametrize(("name", "becomes"), [("no-show", Status.NO_SHOW), ("complete", Status.COMPLETED)])
def test_who_says_how_it_went(client, name, becomes, who, status):
    appointment = at(-1)
    signed_in_as(client, who, appointment)

    response = client.post(address(name, appointment))

    appointment.refresh_from_db()
    assert response.status_code == status
    assert (appointment.status == becomes) is (status == 302)


@pytest.mark.parametrize(
    ("who", "sees"), [("patient", True), ("representative", True), ("doctor", True), ("staff", False)]
)
def test_symptoms_and_words_are_for_the_two_parties(client, who, sees):
    appointment = at(24, symptoms="A cough.", end_reason="other", end_note="I called.", status=Status.CANCELLED)
    signed_in_as(client, who, appointment)

    page = client.get(address("detail", appointment))

    assert ("A cough." in page.text) is sees
    assert ("I called." in page.text) is sees


def test_reading_the_symptoms_is_on_record(client):
    appointment = at(24)
    reader = signed_in_as(client, "doctor", appointment)

    client.get(address("detail", appointment))

    entry = AuditEntry.objects.get(subject_id=appointment.reference)
    assert (entry.actor, entry.patient, entry.action) == (reader, appointment.patient, AuditEntry.Action.READ)


@pytest.mark.parametrize("number", [1, 6])
def test_an_appointment_takes_few_queries(client, django_assert_max_num_queries, number):
    appointment = at(24)
    signed_in_as(client, "doctor", appointment)
    appointment.events.model.objects.bulk_create(
        appointment.events.model(appointment=appointment, kind="confirmed", after="confirmed", actor=UserFactory())
        for _n in range(number)
    )
    client.get(address("detail", appointment))

    with django_assert_max_num_queries(14):
        client.get(address("detail", appointment))


def test_a_suspended_doctor_sees_nothing_any_more(client):
    appointment = at(24, doctor__suspended_at=NOON)
    client.force_login(appointment.doctor.user)

    assert client.get(address("detail", appointment)).status_code == 404


def test_the_calendar_file_is_a_download(client, patient):
    appointment = at(24, patient=patient)

    response = client.get(address("calendar", appointment))

    assert response["Content-Type"].startswith("text/calendar")
    assert appointment.reference in response["Content-Disposition"]
