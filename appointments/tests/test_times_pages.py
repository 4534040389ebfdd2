"""Single times, time off and on-call times, as a doctor enters them on the page of the hours."""

from datetime import UTC, datetime, timedelta

import pytest
from django.urls import reverse

from appointments.models import Slot
from clinic.people.tests.factories import DoctorFactory

from .factories import AppointmentFactory, OnCallFactory, SlotFactory, TimeOffFactory
from .pages import errors_of, send

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("clock")]

PAGE = "/doctor/hours/"


@pytest.fixture
def doctor(client):
    """A doctor in Lisbon who reads the portal in Berlin, signed in."""
    doctor = DoctorFactory(user__zone="Europe/Berlin", clinic__horizon_days=8)
    client.force_login(doctor.user)
    return doctor


def add_slot(client, **fields):
    return send(client, "add-slot", "slot_form", **{"day": "2026-06-10", "starts": "14:00", "ends": "14:30", **fields})


def add_time_off(client, **fields):
    fields = {"first_day": "2026-06-10", "last_day": "2026-06-11", **fields}
    return send(client, "add-time-off", "time_off_form", **fields)


def test_on_call_times_are_added_and_removed(client, doctor):
    fields = {"first_day": "2026-06-10", "starts": "18:00", "last_day": "2026-06-11", "ends": "08:00"}
    send(client, "add-on-call", "on_call_form", **fields)

    on_call = doctor.on_call_times.get()
    assert on_call.period.upper - on_call.period.lower == timedelta(hours=14)

    client.post(reverse("doctor:remove-on-call", args=[on_call.uid]))
    assert not doctor.on_call_times.exists()


def test_on_call_times_that_overlap_are_refused_in_words(client, doctor):
    fields = {"first_day": "2026-06-10", "last_day": "2026-06-11"}
    send(client, "add-on-call", "on_call_form", **fields)

    response = send(client, "add-on-call", "on_call_form", **fields)

    assert "already on call" in errors_of(response)["__all__"][0]


def test_a_single_time_is_by_the_doctors_clock(client, doctor):
    add_slot(client)

    slot = doctor.slots.get()
    assert (slot.starts_at, slot.minutes) == (datetime(2026, 6, 10, 13, tzinfo=UTC), 30)


@pytest.mark.parametrize(
    ("fields", "wrong"),
    [
        ({"day": "2026-06-07"}, "starts"),
        ({"day": "2026-06-08", "starts": "12:00", "ends": "12:20"}, "starts"),
        ({"ends": "13:00"}, "ends"),
        ({"ends": "14:00"}, "ends"),
        ({"ends": "19:00"}, "__all__"),
        ({"day": "2027-03-28", "starts": "01:30", "ends": "02:30"}, "starts"),
        ({"day": "2027-03-28", "starts": "00:30", "ends": "01:30"}, "ends"),
        ({"day": "2036-06-10"}, "day"),
        ({"day": "9999-12-31"}, "day"),
        ({"day": "0001-01-01"}, "day"),
        ({"day": ""}, "day"),
    ],
)
def test_impossible_times_are_refused_at_their_field(client, doctor, fields, wrong):
    response = add_slot(client, **fields)

    assert list(errors_of(response)) == [wrong]
    assert not doctor.slots.exists()


def test_the_hour_that_does_not_exist_is_named(client, doctor):
    response = add_slot(client, day="2027-03-28", starts="01:30", ends="02:30")

    assert "The clocks change on this day" in response.text


def test_an_hour_across_a_clock_change_lasts_as_long_as_it_lasts(client, doctor):
    add_slot(client, day="2026-10-25", starts="00:30", ends="02:30")

    assert doctor.slots.get().minutes == 180


@pytest.mark.parametrize("starts", ["13:50", "14:00", "14:10", "14:20"])
def test_a_time_over_another_one_is_refused(client, doctor, starts):
    add_slot(client)

    response = add_slot(client, starts=starts, ends="14:40")

    assert "overlaps" in errors_of(response)["__all__"][0]
    assert doctor.slots.count() == 1


def test_times_may_touch(client, doctor):
    add_slot(client)
    add_slot(client, starts="14:30", ends="15:00")

    assert doctor.slots.count() == 2


def test_a_time_is_withdrawn(client, doctor):
    slot = SlotFactory(doctor=doctor)

    client.post(reverse("doctor:withdraw-slot"), {"slot": slot.uid})

    slot.refresh_from_db()
    assert slot.status == Slot.Status.WITHDRAWN


def test_a_time_that_was_booked_meanwhile_stays(client, doctor):
    slot = AppointmentFactory(doctor=doctor).slot

    response = client.post(reverse("doctor:withdraw-slot"), {"slot": slot.uid}, follow=True)

    slot.refresh_from_db()
    assert slot.status == Slot.Status.BOOKED
    assert "Cancel the appointment first." in response.text


def test_time_off_covers_whole_days_of_the_doctors_clock(client, doctor):
    add_time_off(client)

    period = doctor.times_off.get().period
    lisbon_midnight = datetime(2026, 6, 9, 23, tzinfo=UTC)
    assert (period.lower, period.upper) == (lisbon_midnight, lisbon_midnight + timedelta(days=2))


def test_time_off_may_be_hours(client, doctor):
    add_time_off(client, last_day="2026-06-10", starts="10:00", ends="12:00")

    period = doctor.times_off.get().period
    assert period.upper - period.lower == timedelta(hours=2)


@pytest.mark.parametrize(
    ("fields", "wrong"),
    [
        ({"last_day": "2026-06-09"}, "last_day"),
        ({"first_day": "2026-06-01", "last_day": "2026-06-02"}, "last_day"),
        ({"last_day": "2026-06-10", "starts": "12:00", "ends": "10:00"}, "last_day"),
        ({"first_day": "2027-03-28", "last_day": "2027-03-28", "starts": "01:30"}, "starts"),
        ({"last_day": "9999-12-31"}, "last_day"),
    ],
)
def test_impossible_time_off_is_refused_at_its_field(client, doctor, fields, wrong):
    response = add_time_off(client, **fields)

    assert list(errors_of(response)) == [wrong]
    assert not doctor.times_off.exists()


def test_visits_in_time_off_are_named_and_the_doctor_decides(client, doctor):
    visit = AppointmentFactory(doctor=doctor, begins=datetime(2026, 6, 10, 9, tzinfo=UTC), slot__is_single=True)

    response = add_time_off(client)
    before = doctor.times_off.count()
    client.post(
        reverse("doctor:add-time-off"),
        {
            "time_off_form-first_day": "2026-06-10",
            "time_off_form-last_day": "2026-06-11",
            "keep_visits": "1",
        },
    )

    assert visit.get_absolute_url() in response.text
    assert (before, doctor.times_off.count()) == (0, 1)
    assert visit.get_absolute_url() in client.get(PAGE).text


@pytest.mark.parametrize("number", [1, 12])
def test_the_page_takes_as_many_queries_for_many_as_for_one(client, doctor, django_assert_max_num_queries, number):
    for _n in range(number):
        AppointmentFactory(doctor=doctor)
    client.get(PAGE)

    with django_assert_max_num_queries(24):
        client.get(PAGE)


def test_time_off_is_removed(client, doctor):
    time_off = TimeOffFactory(doctor=doctor)

    client.post(reverse("doctor:remove-time-off", args=[time_off.uid]))

    assert not doctor.times_off.exists()


def test_the_page_shows_the_doctors_clock_not_the_readers(client, doctor):
    SlotFactory(doctor=doctor, begins=datetime(2026, 6, 9, 8, tzinfo=UTC))

    page = client.get(PAGE)

    assert "09:00–09:20" in page.text
    assert "Lisbon time" in page.text


@pytest.mark.parametrize(
    ("name", "row"),
    [
        ("remove-on-call", lambda: OnCallFactory().uid),
        ("remove-time-off", lambda: TimeOffFactory().uid),
    ],
)
def test_what_belongs_to_another_doctor_is_not_found(client, doctor, name, row):
    assert client.post(reverse(f"doctor:{name}", args=[row()])).status_code == 404


def test_another_doctors_time_is_not_found(client, doctor):
    slot = SlotFactory()

    response = client.post(reverse("doctor:withdraw-slot"), {"slot": slot.uid})

    slot.refresh_from_db()
    assert response.status_code == 404
    assert slot.status == Slot.Status.OPEN


@pytest.mark.parametrize("name", ["add-on-call", "add-slot", "add-time-off"])
def test_the_address_of_a_form_leads_to_the_page(client, doctor, name):
    assert client.get(reverse(f"doctor:{name}")).url == PAGE
