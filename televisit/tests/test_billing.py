"""What counts for billing: the time for which doctor and patient were both there."""

from datetime import timedelta

import pytest
from django.utils import timezone

from televisit.billing import billing_of
from televisit.models import Participant
from televisit.tests.factories import a_visit

pytestmark = pytest.mark.django_db
START = timezone.now().replace(hour=9, minute=0, second=0, microsecond=0)


def minute(number):
    return START + timedelta(minutes=number)


def seat(visit, role):
    return visit.participants.create(role=role, name="Somebody")


def was_in(person, start, end, **facts):
    left_at = None if end is None else minute(end)
    person.attendances.create(joined_at=minute(start), left_at=left_at, **facts)


@pytest.fixture
def visit():
    return a_visit()


@pytest.fixture
def doctor(visit):
    return seat(visit, Participant.Role.DOCTOR)


@pytest.fixture
def patient(visit):
    return seat(visit, Participant.Role.PATIENT)


def test_only_the_time_of_both_counts(visit, doctor, patient):
    was_in(doctor, 0, 10)
    was_in(patient, 4, 30)
    was_in(doctor, 20, 25)

    billing = billing_of(visit, minute(60))

    assert billing.together == [(minute(4), minute(10)), (minute(20), minute(25))]
    assert (billing.video_seconds, billing.minutes) == (660, 11)


def test_two_of_the_patients_side_count_once(visit, doctor, patient):
    parent = seat(visit, Participant.Role.REPRESENTATIVE)
    was_in(doctor, 0, 30)
    was_in(patient, 0, 10)
    was_in(parent, 5, 15)

    assert billing_of(visit, minute(60)).minutes == 15


def test_guests_do_not_count(visit, doctor):
    was_in(doctor, 0, 30)
    was_in(seat(visit, Participant.Role.INTERPRETER), 0, 30)

    assert billing_of(visit, minute(60)).together == []


def test_who_is_still_in_counts_until_now(visit, doctor, patient):
    was_in(doctor, 0, None)
    was_in(patient, 2, None)

    assert billing_of(visit, minute(7)).minutes == 5


def test_a_minute_that_has_begun_does_not_count(visit, doctor, patient):
    was_in(doctor, 0, 10)
    was_in(patient, 0.5, 10)

    assert billing_of(visit, minute(60)).video_minutes == 9


def test_minutes_by_phone_are_added(visit, doctor, patient):
    was_in(doctor, 0, 5)
    was_in(patient, 0, 5)
    visit.phone_minutes = 12

    assert billing_of(visit, minute(60)).minutes == 17


def test_it_says_where_an_end_is_not_exact(visit, doctor, patient):
    was_in(doctor, 0, 5)
    assert billing_of(visit, minute(60)).is_exact

    was_in(patient, 0, 5, trustworthy=False)

    assert not billing_of(visit, minute(60)).is_exact
