"""A doctor's hours through the API."""

from datetime import timedelta

import pytest
from django.utils import timezone

from appointments import hours
from clinic.people.tests.factories import DoctorFactory

from .factories import AvailabilityFactory, booked

pytestmark = pytest.mark.django_db
JSON = "application/json"


def test_hours_that_would_orphan_a_visit_are_409_until_it_is_said_to_stay(client):
    rule = AvailabilityFactory(valid_from=timezone.localdate())
    hours.open_slots(rule.doctor, at=timezone.now())
    visit = booked(rule.doctor.slots.latest("starts_at"))
    client.force_login(rule.doctor.user)
    address = f"/api/v1/availability/{rule.uid}/"

    refused = client.delete(address)
    kept = client.delete(f"{address}?keep_visits=true")

    assert (refused.status_code, refused.json()["code"]) == (409, "visits_in_the_way")
    assert visit.reference in refused.json()["detail"]
    assert kept.status_code == 204


def test_a_doctor_is_on_call_once_at_a_time(client):
    client.force_login(DoctorFactory().user)
    start = timezone.now() + timedelta(days=1)
    body = {"start": start.isoformat(), "end": (start + timedelta(hours=8)).isoformat()}

    first = client.post("/api/v1/on-call/", body, JSON)
    second = client.post("/api/v1/on-call/", body, JSON)

    assert first.status_code == 201
    assert (second.status_code, second.json()["code"]) == (409, "on_call_overlaps")


@pytest.mark.parametrize("kind", ["time-off", "on-call"])
@pytest.mark.parametrize("end", ["9999-12-31T00:00:00Z", "2020-01-01T00:00:00Z", "never"])
def test_dates_far_away_are_400(client, kind, end):
    doctor = DoctorFactory()
    client.force_login(doctor.user)

    response = client.post(f"/api/v1/{kind}/", {"start": timezone.now().isoformat(), "end": end}, JSON)

    assert response.status_code == 400
