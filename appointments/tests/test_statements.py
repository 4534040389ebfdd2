"""A booking costs the database the same few statements, however much there is already."""

import re

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from appointments.booking import book_once
from appointments.models import Slot
from clinic.people.tests.factories import DoctorFactory, PatientFactory

from .factories import SlotFactory, booked

pytestmark = pytest.mark.django_db
STATEMENT = re.compile(r"(SELECT|INSERT|UPDATE|DELETE)\b")
MOST = 14


def statements_of_booking(slot, patient):
    """The statements of one booking with a key, without those that begin and end transactions."""
    slot = Slot.objects.with_doctors().get(pk=slot.pk)
    with CaptureQueriesContext(connection) as queries:
        book_once(slot, patient=patient, by=patient.user, at=timezone.now(), key=slot.uid, symptoms="A cough.")
    return [query["sql"] for query in queries if STATEMENT.match(query["sql"])]


def test_a_booking_takes_fourteen_statements_at_the_most():
    assert len(statements_of_booking(SlotFactory(), PatientFactory())) <= MOST


def test_a_booking_takes_as_many_statements_beside_others_as_alone():
    doctor, patient = DoctorFactory(clinic__open_appointments_limit=20), PatientFactory()
    alone = statements_of_booking(SlotFactory(doctor=doctor), patient)
    for _n in range(8):
        booked(SlotFactory(doctor=doctor), patient=patient)
        booked(SlotFactory(doctor=doctor))

    beside = statements_of_booking(SlotFactory(doctor=doctor), patient)

    assert len(beside) == len(alone)
