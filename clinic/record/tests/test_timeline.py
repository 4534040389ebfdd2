"""The timeline: everything in order, narrowed, by pages, at a price that does not grow."""

from datetime import timedelta

import pytest
from django.urls import reverse
from django.utils import timezone

from clinic.people.models import Allergy, Condition, Medication
from clinic.people.tests.factories import DoctorFactory, PatientFactory
from clinic.record.contents import Record
from clinic.record.timeline import FILTERS, PAGE
from prescriptions.tests.factories import issued

from .people import doctor_of, seen_by

pytestmark = pytest.mark.django_db
NUMBER = 500


@pytest.fixture
def patient():
    return PatientFactory()


def enter(patient, model, *, days_ago, name="x"):
    at = timezone.now() - timedelta(days=days_ago)
    return model.objects.enter(patient, by=patient.user, at=at, name=name)


def timeline(patient, shown="", page=1):
    return Record(patient, None, timezone.now()).timeline(shown=shown, page=page)


def kinds(found):
    return [happening.kind for happening in found.happenings]


def test_what_happened_stands_in_order_latest_first(patient):
    enter(patient, Allergy, days_ago=3)
    seen_by(DoctorFactory(), patient, days_ago=2)
    enter(patient, Medication, days_ago=1)
    issued(appointment=seen_by(DoctorFactory(), patient, days_ago=5))

    assert kinds(timeline(patient)) == ["prescription", "medicines", "visit", "allergies", "visit"]


@pytest.mark.parametrize(
    ("shown", "found"),
    [
        ("visits", ["visit"]),
        ("prescriptions", []),
        ("history", ["conditions"]),
        ("x", ["conditions", "visit"]),
    ],
)
def test_a_filter_narrows_it(patient, shown, found):
    enter(patient, Condition, days_ago=1)
    seen_by(DoctorFactory(), patient, days_ago=2)

    assert kinds(timeline(patient, shown)) == found


def test_another_patients_things_are_not_in_it(patient):
    enter(PatientFactory(), Allergy, days_ago=1)

    assert kinds(timeline(patient)) == []


def test_pages_hold_everything_once(patient):
    for day in range(PAGE + 3):
        enter(patient, Allergy, days_ago=day, name=f"x{day}")
    first, second = timeline(patient), timeline(patient, page=2)

    shown = [happening.thing.pk for happening in [*first.happenings, *second.happenings]]

    assert (first.newer, first.older, second.newer, second.older) == (None, 2, 1, None)
    assert len(shown) == len(set(shown)) == PAGE + 3


@pytest.mark.parametrize(
    "query", [f"show={each.slug}" for each in FILTERS] + ["page=2", "page=x", "page=0", "page=9" * 9]
)
def test_every_address_of_it_answers(client, patient, query):
    enter(patient, Allergy, days_ago=1)
    client.force_login(patient.user)

    assert client.get(reverse("record:own") + "?" + query).status_code == 200


def test_a_doctors_filter_keeps_its_page(client, patient):
    client.force_login(doctor_of(patient))

    page = client.get(reverse("record:patient", args=[patient.uid]) + "?show=notes&page=1").content.decode()

    assert 'href="?show=visits#timeline"' in page


@pytest.mark.parametrize("number", [NUMBER // 25, NUMBER])
def test_five_hundred_entries_cost_no_more_queries_than_twenty(patient, number, django_assert_max_num_queries):
    at, doctor = timezone.now(), DoctorFactory()
    Allergy.objects.bulk_create(
        [
            Allergy(
                patient=patient, name="x", source="doctor", entered_by=doctor.user, confirmed_by=doctor, entered_at=at
            )
            for _each in range(number)
        ]
    )

    with django_assert_max_num_queries(2):
        found = timeline(patient)
        assert len([str(happening.thing.confirmed_by) for happening in found.happenings]) == min(PAGE, number)
