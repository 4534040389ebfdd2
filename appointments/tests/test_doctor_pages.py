"""The doctor's pages: the day, the requests."""

from datetime import UTC, datetime, timedelta

import pytest
import time_machine
from django.urls import reverse

from appointments.models import Appointment
from clinic.people.models import Doctor
from clinic.people.tests.factories import DoctorFactory, PatientFactory, UserFactory

from .factories import AppointmentFactory, OnCallFactory, SlotFactory, booked

pytestmark = pytest.mark.django_db

NOON = datetime(2026, 6, 8, 11, tzinfo=UTC)  # a Monday, 12:00 in Lisbon


@pytest.fixture(autouse=True)
def at_noon():
    with time_machine.travel(NOON, tick=False):
        yield


@pytest.fixture
def doctor(client):
    """A doctor who is asked for each booking, signed in."""
    doctor = DoctorFactory(booking_mode=Doctor.Mode.REQUEST, user__zone="Europe/Lisbon")
    client.force_login(doctor.user)
    return doctor


def at(hour, day=8, **facts):
    return AppointmentFactory(begins=datetime(2026, 6, day, hour, tzinfo=UTC), **facts)


def request_for(doctor, hours_ahead=24, **facts):
    return booked(SlotFactory(doctor=doctor, begins=NOON + timedelta(hours=hours_ahead)), **facts)


def test_the_day_lists_visits_and_free_times_in_order(client, doctor):
    visit = at(14, doctor=doctor)
    SlotFactory(doctor=doctor, begins=NOON + timedelta(hours=1))

    page = client.get("/doctor/")

    rows = [row for row, _is_now in page.context["rows"]]
    assert [row.appointment for row in rows] == [None, visit]


def test_the_visit_of_the_hour_is_marked(client, doctor):
    at(9, doctor=doctor, status=Appointment.Status.COMPLETED)
    at(11, doctor=doctor)

    page = client.get("/doctor/")

    assert [is_now for _row, is_now in page.context["rows"]] == [False, True]


@pytest.mark.parametrize(("status", "marks"), [("confirmed", 1), ("completed", 0)])
def test_a_visit_over_another_one_is_marked_while_it_is_to_come(client, doctor, status, marks):
    first = at(14, doctor=doctor)
    AppointmentFactory(doctor=doctor, overbooked=True, slot=None, period=first.period, status=status)

    page = client.get("/doctor/")

    assert page.text.count("Double-booked") == marks


def test_free_times_that_are_past_are_left_out(client, doctor):
    SlotFactory(doctor=doctor, begins=NOON - timedelta(hours=1))

    page = client.get("/doctor/")

    assert page.context["rows"] == []


def test_what_was_cancelled_is_not_on_the_schedule(client, doctor):
    at(14, doctor=doctor, status=Appointment.Status.CANCELLED, slot__status="open")

    page = client.get("/doctor/")

    assert [row.appointment for row, _is_now in page.context["rows"]] == [None]


def test_a_late_visit_stands_on_the_day_of_the_doctors_clock(client, doctor):
    late = AppointmentFactory(doctor=doctor, begins=datetime(2026, 6, 9, 23, 30, tzinfo=UTC))  # 00:30 on the 10th

    page = client.get("/doctor/?day=2026-06-10")

    assert [row.appointment for row, _is_now in page.context["rows"]] == [late]
    assert "00:30" in page.text


@pytest.mark.parametrize("day", ["2026-02-31", "next", "0001-01-01", "9999-12-31"])
def test_a_day_that_means_nothing_is_today(client, doctor, day):
    page = client.get(f"/doctor/?day={day}")

    assert page.context["day"].isoformat() == "2026-06-08"


def test_age_and_symptoms_of_a_request_are_readable(client, doctor):
    patient = PatientFactory(birth_date=datetime(1951, 6, 9, tzinfo=UTC).date())
    request_for(doctor, patient=patient, symptoms="Dizzy when I stand up.")

    page = client.get("/doctor/requests/")

    assert "74 years old" in page.text
    assert "Dizzy when I stand up." in page.text


def test_emergencies_come_first_then_who_waits_longest(client, doctor):
    OnCallFactory(doctor=doctor, begins=NOON)
    older, newer = request_for(doctor, 24), request_for(doctor, 25)
    urgent = request_for(doctor, 26, is_emergency=True)

    page = client.get("/doctor/requests/")

    assert list(page.context["requests"]) == [urgent, older, newer]


def test_the_badge_counts_the_requests_of_this_doctor_only(client, doctor):
    request_for(doctor)
    request_for(DoctorFactory(booking_mode=Doctor.Mode.REQUEST))

    page = client.get("/doctor/hours/")

    assert page.context["requests_waiting"] == 1


def test_no_request_says_so(client, doctor):
    page = client.get("/doctor/requests/")

    assert "Nobody waits for an answer." in page.text


@pytest.mark.parametrize("number", [1, 8])
@pytest.mark.parametrize("address", ["/doctor/", "/doctor/requests/", "/doctor/hours/"])
def test_the_pages_take_as_many_queries_for_many_as_for_one(
    client, doctor, django_assert_max_num_queries, number, address
):
    for n in range(number):
        request_for(doctor, 24 + n)
        at(13 + n, doctor=doctor)
    client.get(address)

    with django_assert_max_num_queries(14):
        client.get(address)


PAGES = ["today", "requests", "hours"]


@pytest.mark.parametrize("page", PAGES)
def test_strangers_sign_in_first(client, page):
    address = reverse(f"doctor:{page}")

    response = client.get(address)

    assert response.url == f"{reverse('account_login')}?next={address}"


@pytest.mark.parametrize("page", PAGES)
def test_patients_and_staff_are_refused(client, page):
    client.force_login(UserFactory(is_staff=True))

    assert client.get(reverse(f"doctor:{page}")).status_code == 403


@pytest.mark.parametrize(("page", "status"), [("today", 403), ("requests", 403), ("hours", 200)])
def test_a_doctor_who_waits_for_approval_prepares_hours_only(client, page, status):
    client.force_login(DoctorFactory(approved_at=None).user)

    response = client.get(reverse(f"doctor:{page}"))

    assert response.status_code == status
    assert "approved" in response.text
