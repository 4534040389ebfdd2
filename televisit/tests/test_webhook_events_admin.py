"""The messages of video services in the admin: to be found and read, of one's own clinics, and never changed."""

import pytest
from django.urls import reverse
from django.utils import timezone

from clinic.people.tests.factories import ClinicFactory, StaffFactory, staff_in
from televisit import rooms
from televisit.models import WebhookEvent
from televisit.tests.factories import a_visit_at

pytestmark = pytest.mark.django_db
LIST = "admin:televisit_webhookevent_changelist"


@pytest.fixture
def told(livekit):
    """What the service told of one room, and of one that is none of ours."""
    room = rooms.open_room(a_visit_at(livekit), at=timezone.now())
    for name, person in ((room.name, "PERSON0123456789"), ("another", "")):
        facts = {"key": name, "kind": "joined", "raw_kind": "participant_joined", "room_name": name}
        facts |= {"person_uid": person, "at": timezone.now()}
        WebhookEvent.objects.keep(room.integration, facts, at=timezone.now())
    return WebhookEvent.objects.get(room=room)


def found(client, words=""):
    return client.get(reverse(LIST), {"q": words}).content.decode()


def test_a_message_is_found_by_the_code_of_its_visit(client, told):
    client.force_login(StaffFactory())

    page = found(client, told.room.visit.code)

    assert "participant_joined" in page
    assert told.room.visit.spoken_code in page
    assert "1 message" in page


def test_one_message_is_read_and_changed_by_nobody(client, told):
    client.force_login(StaffFactory())
    address = reverse("admin:televisit_webhookevent_change", args=[told.pk])

    assert told.person_uid in client.get(address).content.decode()
    assert client.post(address, {"kind": "left"}).status_code == 403
    assert client.get(reverse("admin:televisit_webhookevent_add")).status_code == 403
    assert client.post(reverse("admin:televisit_webhookevent_delete", args=[told.pk])).status_code == 403


@pytest.mark.parametrize("role", ["manager", "operator"])
def test_who_works_for_one_clinic_reads_nothing_of_another(client, told, role):
    client.force_login(staff_in(role, told.integration.clinic))
    assert told.person_uid in found(client)

    client.force_login(staff_in(role, ClinicFactory()))
    assert told.person_uid not in found(client)
    assert client.get(reverse("admin:televisit_webhookevent_change", args=[told.pk])).status_code == 302


def test_a_list_of_many_takes_as_many_queries_as_a_short_one(client, told, django_assert_max_num_queries):
    client.force_login(StaffFactory())
    found(client)  # notes the session
    for number in range(20):
        WebhookEvent.objects.create(
            integration=told.integration, room=told.room, key=str(number), at=told.at, received_at=told.at
        )

    with django_assert_max_num_queries(10):
        found(client)
