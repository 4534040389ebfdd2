"""Guests, and the device check, in real browsers."""

from urllib.parse import urlsplit

import pytest
from django.utils import timezone
from playwright.sync_api import expect

from e2e.rooms import admit, join_as_doctor, meet, receives_picture_and_sound, wait_until
from televisit.models import DeviceCheck, Invitation
from televisit.models.choices import Role
from televisit.tests.factories import a_visit


@pytest.fixture
def visit():
    return a_visit()


@pytest.fixture
def invitation(visit):
    return Invitation.objects.invite(visit, role=Role.INTERPRETER, name="Ines", by=visit.host.user, at=timezone.now())


@pytest.fixture
def link(invitation):
    """The path of the link that the guest was sent."""
    return urlsplit(invitation.renew_link()).path


def come_by_link(context, link):
    page = context.new_page()
    page.goto(link)
    page.get_by_role("button", name="Join waiting room").click()
    page.get_by_role("heading", name="You are in the waiting room").wait_for()
    return page


def together(visitor, visit, link):
    """A guest who came by the link, and the doctor who let them in."""
    guest = come_by_link(visitor(), link)
    host = join_as_doctor(visitor(visit.host.user), visit)
    admit(host)
    receives_picture_and_sound(guest)
    return guest, host


def opens_nothing(context, link):
    page = context.new_page()
    page.goto(link)
    expect(page.get_by_text("This invitation was taken back.")).to_be_visible()
    expect(page.get_by_role("button", name="Join waiting room")).to_have_count(0)


def remove(host):
    host.locator("#present").get_by_role("button", name="Remove from the visit").click()
    host.get_by_role("dialog").get_by_role("button", name="Remove").click()


def test_guest_by_code_is_admitted_and_sees_the_doctor(visitor, visit):
    guest = visitor().new_page()
    guest.goto(visit.get_absolute_url())
    guest.get_by_label("Your name").fill("Ines")
    guest.get_by_label("Interpreter").check()
    guest.get_by_role("button", name="Join waiting room").click()
    guest.get_by_role("heading", name="You are in the waiting room").wait_for()

    host = join_as_doctor(visitor(visit.host.user), visit)
    admit(host)

    for page in (guest, host):
        receives_picture_and_sound(page)


def test_guest_by_link_chats_from_the_admission_on(visitor, visit, link):
    guest = come_by_link(visitor(), link)
    expect(guest.locator("#panel-chat")).to_have_text("You can write here once you are let in.")
    host = join_as_doctor(visitor(visit.host.user), visit)
    admit(host)

    guest.get_by_role("textbox", name="Message").fill("I translate into Turkish.")
    guest.get_by_role("button", name="Send").click()

    expect(host.get_by_role("log")).to_contain_text("I translate into Turkish.")


def test_guest_by_link_is_put_out_when_the_invitation_is_taken_back(visitor, visit, link):
    guest, host = together(visitor, visit, link)

    desk = host.context.new_page()
    desk.goto(f"{visit.get_absolute_url()}invitations/")
    desk.get_by_role("button", name="Take back").click()

    expect(guest.get_by_role("heading", name="You are no longer in the visit")).to_be_visible()
    opens_nothing(visitor(), link)


def test_removed_guest_stays_out_also_in_another_browser_with_the_same_link(visitor, visit, link):
    guest, host = together(visitor, visit, link)

    remove(host)

    expect(guest.get_by_role("heading", name="You are no longer in the visit")).to_be_visible()
    opens_nothing(visitor(), link)


def test_link_opened_in_a_second_browser_waits_to_be_admitted_again(visitor, visit, link):
    _guest, host = together(visitor, visit, link)

    second = come_by_link(visitor(), link)

    expect(host.get_by_role("button", name="Admit")).to_be_visible()
    expect(second.locator(".tile")).to_have_count(0)


def test_doctor_on_a_second_device_takes_over(visitor, visit):
    patient, first = meet(visitor(visit.appointment.patient.user), visitor(visit.host.user), visit)

    second = join_as_doctor(visitor(visit.host.user), visit)

    for page in (patient, second):
        receives_picture_and_sound(page)
    expect(first.get_by_role("heading", name="You joined in another window")).to_be_visible()
    expect(patient.locator(".tile")).to_have_count(1)


def test_device_check_finds_camera_microphone_and_line(visitor, visit):
    page = visitor(visit.appointment.patient.user, viewport={"width": 390, "height": 844}).new_page()
    page.goto(f"{visit.get_absolute_url()}device-check/")
    page.locator("[data-device-check][data-done]").wait_for()

    expect(page.locator("[data-part=camera] [data-result]")).to_have_text("Works")
    wait_until(DeviceCheck.objects.filter(visit=visit).exists)
    check = DeviceCheck.objects.get(visit=visit)
    assert (check.camera, check.microphone, check.network) == ("works", "works", "works")
    assert check.round_trip_ms is not None
