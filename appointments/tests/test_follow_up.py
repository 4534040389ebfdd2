"""What doctors book themselves: a follow-up, and a visit on their day."""

from datetime import UTC, datetime, timedelta

import pytest
import time_machine
from django.urls import reverse

from appointments.models import Appointment
from clinic.people.models import Doctor
from clinic.people.tests.factories import DoctorFactory, PatientFactory

from .factories import AppointmentFactory, SlotFactory, booked

pytestmark = pytest.mark.django_db
NOON = datetime(2026, 11, 20, 12, tzinfo=UTC)


@pytest.fixture(autouse=True)
def clock():
    with time_machine.travel(NOON, tick=False):
        yield


@pytest.fixture
def seen(client):
    """An appointment whose doctor, who wants to be asked, is signed in."""
    doctor = DoctorFactory(booking_mode=Doctor.Mode.REQUEST, clinic__open_appointments_limit=1)
    client.force_login(doctor.user)
    return AppointmentFactory(doctor=doctor, begins=NOON - timedelta(days=1))


def follow_up(appointment):
    return reverse("appointments:follow-up", args=[appointment.reference])


def add_visit(client, patient, doctor, **facts):
    form = {
        "patient": patient.uid,
        "doctor": doctor.pk,
        "day": "2026-11-23",
        "clock": "09:00",
        "minutes": "20",
        "reason_category": "other",
        "key": "k",
        "because": "Agreed in the visit.",
        "anyway": "on",
    }
    return client.post(reverse("doctor:add-visit"), form | facts)


def test_a_follow_up_is_confirmed_past_the_limits_of_patients(client, seen):
    slot = SlotFactory(doctor=seen.doctor, begins=NOON + timedelta(minutes=5))  # within the minimum notice
    assert slot.uid in client.get(follow_up(seen)).text

    answer = client.post(follow_up(seen), {"slot": slot.uid})

    booking = slot.appointments.get()
    assert answer.url == booking.get_absolute_url()
    assert (booking.status, booking.patient, booking.reason_category) == ("confirmed", seen.patient, "follow_up")


def test_pressing_the_button_twice_books_one_follow_up(client, seen):
    slot = SlotFactory(doctor=seen.doctor)

    answers = [client.post(follow_up(seen), {"slot": slot.uid}) for _press in range(2)]

    assert answers[0].url == answers[1].url
    assert slot.appointments.count() == 1


def test_a_follow_up_is_with_the_doctor_who_books_it(client, seen):
    client.post(follow_up(seen), {"slot": SlotFactory().uid})

    assert Appointment.objects.count() == 1


def test_a_time_that_is_gone_is_told(client, seen):
    slot = SlotFactory(doctor=seen.doctor)
    booked(slot)

    page = client.post(follow_up(seen), {"slot": slot.uid}, follow=True)

    assert "Somebody else has just taken this time" in page.text


def test_a_visit_is_added_to_the_day(client, seen):
    assert "?day=2026-11-20" in client.get(reverse("doctor:today")).text

    answer = add_visit(client, seen.patient, seen.doctor)

    added = Appointment.objects.get(starts_at=datetime(2026, 11, 23, 9, tzinfo=UTC))
    assert answer.url == added.get_absolute_url()
    assert added.status == Appointment.Status.CONFIRMED


def test_a_doctor_adds_visits_with_the_own_patients_only(client, seen):
    stranger = PatientFactory()

    answer = add_visit(client, stranger, seen.doctor)

    assert "patient" in answer.context["form"].errors
    assert not stranger.appointments.exists()


def test_a_doctor_adds_visits_to_the_own_day_only(client, seen):
    other = DoctorFactory()

    answer = add_visit(client, seen.patient, other)

    assert "doctor" in answer.context["form"].errors
    assert not other.appointments.exists()
