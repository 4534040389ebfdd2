"""Nobody keeps times from others: not a robot with a link, not who picks one time after the other."""

import pytest
from django.urls import reverse
from django.utils import timezone

from appointments.models import Slot
from clinic.limits import HoldThrottle
from clinic.people.models import Doctor

from .factories import SlotFactory

pytestmark = pytest.mark.django_db


def test_a_mere_link_holds_nothing_for_a_stranger(client):
    slot = SlotFactory()

    response = client.get(reverse("appointments:book", args=[slot.uid]))

    assert response.url == reverse("doctors:detail", args=[slot.doctor.slug])
    assert Slot.objects.free(timezone.now()).filter(pk=slot.pk).exists()


def test_who_picks_too_many_times_is_asked_to_wait(client, monkeypatch):
    monkeypatch.setattr(HoldThrottle, "THROTTLE_RATES", {"hold": "2/hour"})
    slot = SlotFactory()

    answers = [client.post(reverse("appointments:choose"), {"slot": slot.uid}).status_code for _ in range(3)]

    assert answers == [302, 302, 429]


def test_a_doctor_whose_zone_was_taken_away_offers_nothing(client):
    slot = SlotFactory()
    Doctor.objects.filter(pk=slot.doctor.pk).update(zone="")
    doctor = Doctor.objects.get(pk=slot.doctor.pk)

    doctor.tell_of_changes({"zone"})

    assert client.get("/api/v1/slots/").json()["results"] == []
