"""The room's pages about time: what is left, who comes next, on by phone, opened again."""

from datetime import timedelta

import pytest
from django.urls import reverse
from django.utils import timezone

from televisit.models import Visit, VisitEvent
from televisit.tests.factories import a_seat_of_the_patient, a_visit, both_in

pytestmark = pytest.mark.django_db


@pytest.fixture
def visit(client) -> Visit:
    """An active visit, both sides in; its doctor is signed in."""
    visit = a_visit(starts_in=-timedelta(minutes=10))
    both_in(visit)
    client.force_login(visit.host.user)
    return visit


def page(name: str, visit: Visit) -> str:
    return reverse(f"televisit:{name}", args=[visit.code])


def test_doctor_adds_minutes_and_sees_who_waits_next(client, visit):
    following = a_visit(starts_in=timedelta(minutes=12), doctor=visit.host)
    a_seat_of_the_patient(following)

    response = client.post(page("time", visit), {"minutes": 10}, headers={"HX-Request": "true"})

    visit.refresh_from_db()
    assert visit.extended_minutes == 10
    assert f"{following.appointment.patient}</bdi>" in response.text
    assert "who waits already" in response.text
    assert "Add 30 minutes" not in response.text


@pytest.mark.parametrize("minutes", ["", "x", "0", "-5", "99999999999999999999"])
def test_minutes_that_are_none_add_nothing(client, visit, minutes):
    response = client.post(page("time", visit), {"minutes": minutes})

    visit.refresh_from_db()
    assert response.status_code == 400
    assert visit.extended_minutes == 0


def test_doctor_goes_on_by_phone_and_enters_the_minutes(client, visit):
    numbers = client.get(page("by-phone", visit))
    assert "tel:+351 912 345 678" in numbers.text

    asked = client.post(page("by-phone", visit), headers={"HX-Request": "true"})
    assert "Minutes on the phone" in asked.text
    kept = client.post(page("phone-minutes", visit), {"minutes": 12}, headers={"HX-Request": "true"})

    visit.refresh_from_db()
    assert "12 minutes on the phone are kept" in kept.text
    assert visit.phone_minutes == 12
    assert visit.events.filter(kind=VisitEvent.Kind.BY_PHONE, actor=visit.host.user).count() == 1


def test_minutes_are_asked_for_again_where_they_are_none(client, visit):
    visit.go_on_by_phone(by=visit.host.user, at=timezone.now())

    response = client.post(page("phone-minutes", visit), {"minutes": "a while"})

    assert "Enter the minutes, like 12" in response.text


def test_ended_visit_is_opened_again_from_its_door(client, visit):
    visit.end(by=visit.host.user, at=timezone.now())
    assert "Open the visit again" in client.get(visit.get_absolute_url()).text

    response = client.post(page("reopen", visit))

    assert response.url == page("room", visit)
    visit.refresh_from_db()
    assert visit.status == Visit.Status.ACTIVE


def test_minutes_by_phone_can_be_entered_once_the_visit_is_over(client, visit):
    visit.go_on_by_phone(by=visit.host.user, at=timezone.now())
    visit.end(by=visit.host.user, at=timezone.now())

    assert "Minutes on the phone" in client.get(visit.get_absolute_url()).text
    client.post(page("phone-minutes", visit), {"minutes": 7})

    visit.refresh_from_db()
    assert visit.phone_minutes == 7
