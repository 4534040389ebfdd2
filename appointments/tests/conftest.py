from datetime import timedelta

import pytest
import time_machine

from clinic.people.tests.factories import PatientFactory

from .factories import SlotFactory
from .pages import NOON


@pytest.fixture
def clock():
    """Stands at NOON; the test may move it."""
    with time_machine.travel(NOON, tick=False) as traveller:
        yield traveller


@pytest.fixture
def slot():
    """A time of tomorrow."""
    return SlotFactory(begins=NOON + timedelta(days=1))


@pytest.fixture
def patient(client):
    """Marta in Lisbon, who is signed in."""
    patient = PatientFactory(user__zone="Europe/Lisbon", user__given_name="Marta")
    client.force_login(patient.user)
    return patient
