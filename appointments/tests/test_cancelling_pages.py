"""Cancelling on the pages: who may, why, and what it says."""

import pytest

from appointments.models import Appointment

from .factories import SlotFactory, booked
from .pages import address, at, requested, signed_in_as

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("clock")]

Status = Appointment.Status


# Cancelling and answering


def test_cancelling_frees_the_time_and_says_so(client, patient):
    appointment = booked(SlotFactory(), patient=patient)
    slot = appointment.slot

    response = client.post(address("cancel", appointment), {"reason": "mistake", "note": "Sorry."}, follow=True)

    appointment.refresh_from_db()
    slot.refresh_from_db()
    assert (appointment.status, appointment.end_reason, appointment.end_note) == (Status.CANCELLED, "mistake", "Sorry.")
    assert slot.status == "open"
    assert "Both sides are told by email." in response.text


@pytest.mark.parametrize(
    ("who", "reason", "is_allowed"),
    [
        ("patient", "feeling_better", True),
        ("patient", "doctor_unavailable", False),
        ("doctor", "doctor_unavailable", True),
        ("doctor", "feeling_better", False),
        ("staff", "clinic_missed", True),
        ("patient", "", False),
        ("patient", "because", False),
    ],
)
def test_the_reasons_depend_on_the_role(client, who, reason, is_allowed):
    appointment = at(24)
    signed_in_as(client, who, appointment)

    client.post(address("cancel", appointment), {"reason": reason})

    appointment.refresh_from_db()
    assert (appointment.status == Status.CANCELLED) is is_allowed


def test_a_note_over_the_limit_is_refused(client, patient):
    appointment = at(24, patient=patient)

    page = client.post(address("cancel", appointment), {"reason": "mistake", "note": "x" * 501})

    assert list(page.context["form"].errors) == ["note"]


def test_a_second_tab_is_told_that_it_moved_on(client):
    appointment = requested()
    signed_in_as(client, "doctor", appointment)
    client.post(address("accept", appointment))

    page = client.post(address("accept", appointment), follow=True)

    assert "moved on meanwhile" in page.text


def test_what_cannot_be_cancelled_any_more_leads_to_the_appointment(client, patient):
    appointment = at(-24, patient=patient, status=Status.COMPLETED)

    response = client.get(address("cancel", appointment))

    assert response.url == appointment.get_absolute_url()


def test_a_patient_cannot_cancel_what_is_over(client, patient):
    appointment = at(-24, patient=patient)

    page = client.post(address("cancel", appointment), {"reason": "mistake"})

    assert "The time of this appointment is over." in page.text


@pytest.mark.parametrize(("who", "is_offered"), [("patient", False), ("doctor", True), ("staff", True)])
def test_cancelling_what_is_over_is_offered_to_whom_it_is_granted(client, who, is_offered):
    appointment = at(-24)
    signed_in_as(client, who, appointment)

    page = client.get(address("detail", appointment))

    assert (address("cancel", appointment) in page.text) == is_offered
