"""Every page before and after the room, on a phone and on a desk, light and dark, is usable by everybody."""

from datetime import timedelta
from urllib.parse import urlsplit

import pytest
from django.utils import timezone
from playwright.sync_api import expect

from e2e.axe import is_for_everybody
from televisit.models import Invitation
from televisit.models.choices import Role
from televisit.tests.factories import a_seat_of_the_patient, a_visit, both_in

PHONE = {"viewport": {"width": 390, "height": 844}, "color_scheme": "light"}
DESK = {"viewport": {"width": 1280, "height": 800}, "color_scheme": "dark"}


def path_of(link):
    return urlsplit(link).path


@pytest.fixture(params=[PHONE, DESK], ids=["phone", "desk"])
def look(request, visitor):
    """Open an address as somebody, read its heading, and see that the page is for everybody."""

    def look_at(address, user, heading):
        page = visitor(user, **request.param).new_page()
        page.goto(address)
        expect(page.get_by_role("heading", level=1)).to_contain_text(heading)
        is_for_everybody(page)

    return look_at


def early():
    return a_visit(starts_in=timedelta(hours=2))


def cancelled():
    visit = a_visit(starts_in=timedelta(days=3))
    visit.appointment.cancel(by=visit.appointment.patient.user, reason="feeling_better")
    return visit


def over():
    return a_visit(starts_in=-timedelta(hours=2))


def ended():
    visit = a_visit()
    both_in(visit)
    visit.end(by=visit.host.user, at=timezone.now())
    return visit


def removed():
    visit = a_visit()
    a_seat_of_the_patient(visit).remove(by=visit.host.user, at=timezone.now())
    return visit


@pytest.mark.parametrize(
    ("make", "heading"),
    [
        (early, "The door is not open yet"),
        (a_visit, "Visit with"),
        (cancelled, "This visit was cancelled"),
        (over, "The time of this visit is over"),
        (ended, "The visit is over"),
        (removed, "You cannot join this visit"),
    ],
)
def test_door_of_the_patient(look, make, heading):
    visit = make()

    look(visit.get_absolute_url(), visit.appointment.patient.user, heading)


@pytest.mark.parametrize("make", [early, a_visit, cancelled, over, ended])
def test_door_of_a_guest(look, make):
    look(make().get_absolute_url(), None, "Visit with")


@pytest.mark.parametrize(("make", "heading"), [(a_visit, "Visit with"), (ended, "The visit is over")])
def test_door_of_the_doctor(look, make, heading):
    visit = make()

    look(visit.get_absolute_url(), visit.host.user, heading)


def test_invitations_and_what_a_link_opens(look):
    visit = a_visit()
    facts = {"by": visit.host.user, "at": timezone.now()}
    asked = Invitation.objects.invite(visit, role=Role.INTERPRETER, name="Ines", address="ines@example.org", **facts)
    revoked = Invitation.objects.invite(visit, role=Role.RELATIVE, name="Rui", address="", **facts)
    revoked.revoke(**facts)

    look(f"{visit.get_absolute_url()}invitations/", visit.host.user, "Guests of the visit")
    for invitation in (asked, revoked):
        look(path_of(invitation.renew_link()), None, "Visit with")
    look("/visits/", None, "Join with a code")
