"""The room's page where a video service has the room: what it may load, and what it says when one fails."""

import pytest
from django.urls import reverse

from televisit.models import VisitEvent
from televisit.tests.at_services import opened
from televisit.tests.factories import a_seat_of_the_patient, a_visit, a_visit_at

pytestmark = pytest.mark.django_db


def test_the_page_lets_in_the_services_sources_and_no_others(client, livekit):
    visit, other = a_visit_at(livekit), a_visit()
    client.force_login(visit.host.user)

    page = client.get(reverse("televisit:room", args=[visit.code]))
    door = client.get(reverse("televisit:door", args=[visit.code]))
    client.force_login(other.host.user)
    own = client.get(reverse("televisit:room", args=[other.code]))

    assert livekit.origin in page["Content-Security-Policy"]
    assert "js/room/embed" in page.content.decode()
    for response in (door, own):
        assert livekit.origin not in response["Content-Security-Policy"]


def test_frames_of_the_service_may_use_the_camera_on_that_page_only(client, daily):
    visit = a_visit_at(daily)
    client.force_login(visit.host.user)

    page = client.get(reverse("televisit:room", args=[visit.code]))
    door = client.get(reverse("televisit:door", args=[visit.code]))

    policy = page["Permissions-Policy"]
    origin = visit.rooms.get().url.rpartition("/")[0]
    assert f'camera=(self "{origin}")' in policy
    assert "frame-src" in page["Content-Security-Policy"]
    assert "camera=()" in door["Permissions-Policy"]
    assert "frame-src" not in door["Content-Security-Policy"]


def test_the_doctor_reads_which_service_failed_and_the_patient_does_not(client, livekit):
    visit = a_visit_at(livekit)
    a_seat_of_the_patient(visit)
    livekit.mood = "500"
    client.force_login(visit.host.user)

    page = client.get(reverse("televisit:room", args=[visit.code])).content.decode()
    client.force_login(visit.appointment.patient.user)
    of_patient = client.get(reverse("televisit:room", args=[visit.code])).content.decode()

    assert "The video did not work with LiveKit." in page
    assert "LiveKit" not in of_patient


def test_the_doctor_moves_the_visit_to_the_next_room(client, livekit):
    visit = a_visit_at(livekit)
    opened(visit)
    client.force_login(visit.host.user)

    client.post(reverse("televisit:other-room", args=[visit.code]))
    client.post(reverse("televisit:other-room", args=[visit.code]))
    client.get(reverse("televisit:room", args=[visit.code]))

    assert visit.rooms.in_use().get().is_own
    event = visit.events.get(kind=VisitEvent.Kind.FAILED_OVER)
    assert event.actor == visit.host.user
