"""Where the patient is, and where the doctor may practise."""

import pytest
from django.urls import reverse
from django.utils import timezone

from televisit.tests.factories import a_seat_of_the_patient, a_visit

pytestmark = pytest.mark.django_db


@pytest.mark.parametrize(
    ("region", "place", "warns"),
    [
        ("Portugal", "5 Harbour Street, Porto, PORTUGAL", False),
        ("Portugal, Spain", "Calle Mayor 1, Spain", False),
        ("Portugal", "Calle Mayor 1, Spain", True),
    ],
)
def test_the_doctor_is_warned_of_a_place_outside_the_region(client, region, place, warns):
    visit = a_visit(doctor__region=region)
    seat = a_seat_of_the_patient(visit)
    seat.say_where(place=place, callback="+351 912 345 678")
    client.force_login(visit.host.user)

    waiting = client.get(reverse("televisit:people", args=[visit.code])).content.decode()
    seat.admit(by=visit.host.user, at=timezone.now())
    seat.enter(at=timezone.now())
    admitted = client.get(reverse("televisit:room", args=[visit.code])).content.decode()

    assert ("ask where they are" in waiting) == warns
    assert ("Ask where they are" in admitted) == warns
