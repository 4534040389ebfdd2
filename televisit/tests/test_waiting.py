"""What who waits, and who is in a paused visit, is told of the doctor; and who can be called."""

from datetime import timedelta

import pytest
from django.core.cache import cache
from django.urls import reverse
from django.utils import timezone

from televisit.models import Invitation, Participant, VisitEvent
from televisit.tests.factories import a_seat_of_the_patient, a_visit, both_in
from televisit.visitors import SEATS

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def nobody_at_work():
    cache.clear()


@pytest.fixture
def visit():
    return a_visit()


def read(client, visit, name):
    return " ".join(client.get(reverse(f"televisit:{name}", args=[visit.code])).content.decode().split())


def pause(visit):
    """Its doctor goes into another visit."""
    other = a_visit(starts_in=timedelta(minutes=50), doctor=visit.host)
    type(other).objects.filter(pk=other.pk).update(opens_at=timezone.now())
    other.refresh_from_db()
    other.take_seat(visit.host.user, at=timezone.now()).enter(at=timezone.now())


def test_who_is_in_a_paused_visit_reads_that_the_doctor_comes_back(client, visit):
    both_in(visit)
    client.force_login(visit.appointment.patient.user)
    assert "in another visit" not in read(client, visit, "whereabouts")

    pause(visit)

    assert "is in another visit just now and comes back. Keep this page open." in read(client, visit, "whereabouts")
    assert "is in another visit just now and comes back." in read(client, visit, "room")


def test_who_waits_for_a_paused_visit_reads_so(client, visit):
    both_in(visit)
    guest = visit.seat_guest("Ines", role=Participant.Role.INTERPRETER)
    session = client.session
    session[SEATS] = {visit.uid: guest.uid}
    session.save()

    pause(visit)

    assert "comes back" in read(client, visit, "waiting")


def test_doctor_who_is_at_work_is_free_and_else_away(client, visit):
    seat = a_seat_of_the_patient(visit)
    client.force_login(seat.user)
    assert "is not here yet" in read(client, visit, "waiting")

    client.force_login(visit.host.user)
    client.get(reverse("televisit:knock"))
    client.force_login(seat.user)

    assert "is free and sees that you wait" in read(client, visit, "waiting")


def test_announced_lateness_is_shown_before_the_hour(client, visit):
    seat = a_seat_of_the_patient(visit)
    client.force_login(seat.user)
    assert "minutes late" not in read(client, visit, "waiting")

    visit.appointment.tell_late(minutes=25, by=visit.host.user)

    assert "running about 25 minutes late" in read(client, visit, "waiting")


def test_soon_is_said_to_who_waits(client, visit):
    seat = a_seat_of_the_patient(visit)
    client.force_login(visit.host.user)
    client.post(reverse("televisit:soon", args=[visit.code]))

    client.force_login(seat.user)

    assert "be with you soon" in read(client, visit, "waiting")


@pytest.mark.parametrize("address", ["ines@example.com", ""])
def test_guest_is_called_where_we_know_an_address(client, visit, address):
    facts = {"role": Participant.Role.INTERPRETER, "name": "Ines", "address": address}
    invitation = Invitation.objects.invite(visit, by=visit.host.user, at=timezone.now(), **facts)
    seat = invitation.accept(name="Ines", at=timezone.now())
    session = client.session
    session[SEATS] = {visit.uid: seat.uid}
    session.save()
    assert ("tell me when it starts" in read(client, visit, "waiting")) == bool(address)

    client.post(reverse("televisit:call-me", args=[visit.code]))

    seat.refresh_from_db()
    assert (seat.wants_call_at is not None) == bool(address)
    seat.call(by=visit.host.user, at=timezone.now())
    assert visit.events.filter(kind=VisitEvent.Kind.CALLED).exists() == bool(address)
