"""The main story at a video service; and with one that fails, so that the visit goes on in our own room."""

import pytest
from playwright.sync_api import expect

from e2e.rooms import admit, come_to_the_waiting_room, join_as_doctor, receives_picture_and_sound, wait_until
from televisit.models import Attendance, Visit, VisitEvent
from televisit.tests.factories import a_visit_at
from televisit.tests.providers.fakes import FakeDaily

PHONE = {"viewport": {"width": 390, "height": 844}, "is_mobile": True, "has_touch": True}


@pytest.fixture
def daily():
    with FakeDaily() as fake:
        yield fake


def at_daily(page):
    return page.frame_locator(".place iframe").get_by_text("The room at Daily")


def test_a_visit_at_a_video_service(visitor, worker, daily):
    visit = a_visit_at(daily)
    phone = come_to_the_waiting_room(visitor(visit.appointment.patient.user, **PHONE), visit)
    expect(phone.locator(".place")).to_be_hidden()
    assert not [call for call in daily.calls if call.path.endswith("/meeting-tokens")]

    desk = join_as_doctor(visitor(visit.host.user), visit)
    expect(at_daily(desk)).to_be_visible()
    admit(desk)
    expect(at_daily(phone)).to_be_visible()
    say(desk, "Good morning. How is the cough?")
    expect(phone.get_by_role("log")).to_contain_text("How is the cough?")
    wait_until(lambda: Visit.objects.get(pk=visit.pk).status == Visit.Status.ACTIVE)

    end(desk)

    expect(phone.get_by_role("heading", name="The visit is over")).to_be_visible()
    expect(phone.locator(".place iframe")).to_have_count(0)
    assert Attendance.objects.filter(participant__visit=visit, left_at__isnull=False).count() == 2
    wait_until(lambda: not daily.rooms, lambda: f"still open at the service: {daily.rooms}")


def test_a_service_that_fails_in_front_of_the_patient(visitor, daily):
    visit = a_visit_at(daily)
    phone = come_to_the_waiting_room(visitor(visit.appointment.patient.user, **PHONE), visit)
    desk = join_as_doctor(visitor(visit.host.user), visit)
    expect(at_daily(desk)).to_be_visible()
    daily.mood = "500"

    admit(desk)

    are_in_our_room(phone, desk)
    expect(desk.locator("[data-failed-over]")).to_contain_text("did not work with Daily")
    expect(phone.get_by_text("Daily")).to_have_count(0)
    assert visit.events.filter(kind=VisitEvent.Kind.FAILED_OVER).count() == 1
    assert visit.rooms.in_use().get().is_own

    say(desk, "We are in another room now.")
    expect(phone.get_by_role("log")).to_contain_text("another room")


def test_the_doctor_leaves_a_service_that_does_not_work(visitor, daily):
    visit = a_visit_at(daily)
    phone = come_to_the_waiting_room(visitor(visit.appointment.patient.user, **PHONE), visit)
    desk = join_as_doctor(visitor(visit.host.user), visit)
    admit(desk)
    expect(at_daily(phone)).to_be_visible()

    desk.get_by_role("button", name="Settings").click()
    desk.get_by_role("button", name="Move to another room").click()
    desk.locator("#other-room-dialog").get_by_role("button", name="Move to another room").click()

    are_in_our_room(phone, desk)


def are_in_our_room(*pages):
    """Each page was loaded anew for the visit's second room, and has picture and sound in it."""
    for page in pages:
        expect(page.locator(".room[data-room='2'][data-state=in]")).to_be_visible()
        receives_picture_and_sound(page)


def say(page, words):
    page.get_by_role("textbox", name="Message").fill(words)
    page.get_by_role("button", name="Send").click()


def end(page):
    page.get_by_role("link", name="Leave").click()
    page.get_by_role("button", name="End the visit for everybody").click()
