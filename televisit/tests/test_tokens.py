"""Whom a join token lets come, and what it costs to show who is there."""

from datetime import timedelta

import pytest
import time_machine
from django.urls import reverse
from django.utils import timezone

from televisit.models import Invitation, Participant
from televisit.tests.factories import a_seat_of_the_patient, a_visit, both_in
from televisit.tokens import join_token, seat_token, visitor_of_token

pytestmark = pytest.mark.django_db


@pytest.fixture
def visit():
    return a_visit()


def tokens_of(visit):
    """One of the patient, one of a guest."""
    patient = visit.appointment.patient.user
    return join_token(visit, patient, "patient"), seat_token(visit.seat_guest("Ines", role="interpreter"))


def test_good_tokens_name_who_comes(visit):
    own, guests = tokens_of(visit)

    assert visitor_of_token(own, visit.code).account == visit.appointment.patient.user
    seat = visitor_of_token(guests, visit.code).seat_in(visit, timezone.now())
    assert (seat.name, seat.is_admitted) == ("Ines", False)


@pytest.mark.parametrize("which", [0, 1])
def test_tampered_token_is_good_for_nothing(visit, which):
    token = tokens_of(visit)[which]

    for at in (3, len(token) // 2, len(token) - 3):
        changed = token[:at] + ("A" if token[at] != "A" else "B") + token[at + 1 :]
        assert visitor_of_token(changed, visit.code) is None


@pytest.mark.parametrize("which", [0, 1])
def test_yesterdays_token_is_good_for_nothing(visit, which):
    token = tokens_of(visit)[which]

    with time_machine.travel(visit.expires_at + timedelta(days=1), tick=False):
        assert visitor_of_token(token, visit.code) is None


@pytest.mark.parametrize("which", [0, 1])
def test_token_of_another_visit_is_good_for_nothing(visit, which):
    other = a_visit(starts_in=timedelta(minutes=6))

    assert visitor_of_token(tokens_of(visit)[which], other.code) is None


def test_lists_cost_the_same_for_three_as_for_one(client, visit, django_assert_max_num_queries):
    both_in(visit)
    client.force_login(visit.host.user)
    pages = [reverse(f"televisit:{name}", args=[visit.code]) for name in ("people", "invitations")]
    add_guest(visit)
    for page in pages:
        client.get(page)  # what is kept from then on
    costs = [queries_of(client, page, django_assert_max_num_queries) for page in pages]

    for _guest in range(2):
        add_guest(visit)

    assert [queries_of(client, page, django_assert_max_num_queries) for page in pages] == costs


def add_guest(visit):
    """One who was asked, and waits."""
    facts = {"role": Participant.Role.RELATIVE, "name": "Rui", "by": visit.host.user}
    invitation = Invitation.objects.invite(visit, at=timezone.now(), **facts)
    invitation.accept(name="Rui", at=timezone.now()).wait(at=timezone.now())


def queries_of(client, page, count):
    with count(60) as queries:
        assert client.get(page).status_code == 200
    return len(queries)


def test_the_newest_check_of_each_who_waits_is_shown(client, visit):
    a_seat_of_the_patient(visit)
    client.force_login(visit.appointment.patient.user)
    check = reverse("televisit:device-check", args=[visit.code])
    for result in ("failed", "works"):
        client.post(check, {"camera": result, "microphone": "works", "speaker": "works", "network": "works"})

    client.force_login(visit.host.user)

    assert "Devices checked" in client.get(reverse("televisit:people", args=[visit.code])).content.decode()
