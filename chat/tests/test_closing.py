"""When a chat is open: from the confirmation, for the clinic's days, unless the doctor closes it."""

from datetime import timedelta

import pytest
from django.urls import reverse

from appointments.models import Appointment
from appointments.tests.factories import AppointmentFactory
from chat.errors import ChatClosed, ChatClosedByDoctor
from chat.models import Closing, reason_closed

from .factories import written

pytestmark = pytest.mark.django_db


@pytest.fixture
def appointment():
    return AppointmentFactory(status=Appointment.Status.CONFIRMED)


def press(client, user, appointment, name):
    client.force_login(user)
    return client.post(reverse(f"chat:{name}", args=[appointment.reference]))


@pytest.mark.parametrize("days", [0, 3, 30])
def test_the_clinic_says_how_many_days_it_stays_open(days):
    appointment = AppointmentFactory(status=Appointment.Status.CONFIRMED, doctor__clinic__chat_days=days)
    end = appointment.ends_at + timedelta(days=days)

    assert reason_closed(appointment, end - timedelta(seconds=1)) is None
    assert isinstance(reason_closed(appointment, end), ChatClosed)


def test_the_doctor_closes_it_and_reading_goes_on(client, appointment):
    written(appointment, body="See you soon")

    press(client, appointment.doctor.user, appointment, "close")

    with pytest.raises(ChatClosedByDoctor):
        written(appointment)
    client.force_login(appointment.patient.user)
    page = client.get(reverse("chat:panel", args=[appointment.reference])).content.decode()
    assert "The doctor has closed this chat." in page
    assert "See you soon" in page


def test_the_doctor_opens_it_again(client, appointment):
    press(client, appointment.doctor.user, appointment, "close")
    press(client, appointment.doctor.user, appointment, "reopen")

    assert written(appointment).seq == 1


@pytest.mark.parametrize("name", ["close", "reopen"])
def test_the_patient_closes_and_opens_nothing(client, appointment, name):
    assert press(client, appointment.patient.user, appointment, name).status_code == 403
    assert not Closing.objects.exists()


def test_pressing_twice_closes_once(client, appointment):
    for _press in range(2):
        press(client, appointment.doctor.user, appointment, "close")

    assert Closing.objects.count() == 1
