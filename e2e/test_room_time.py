"""More time, on by phone, and a visit that is opened again."""

from datetime import timedelta

import pytest
from playwright.sync_api import expect

from e2e.rooms import meet, receives_picture_and_sound, wait_until
from televisit.models import VisitEvent
from televisit.tests.factories import a_seat_of_the_patient, a_visit


@pytest.fixture
def visit():
    return a_visit(starts_in=-timedelta(minutes=10))


@pytest.fixture
def both(visitor, visit):
    return meet(visitor(visit.appointment.patient.user), visitor(visit.host.user), visit)


def test_doctor_adds_time_and_sees_who_waits_next(both, visit):
    guest, host = both
    following = a_visit(starts_in=timedelta(minutes=12), doctor=visit.host)
    a_seat_of_the_patient(following)

    host.get_by_role("button", name="Time").click()
    dialog = host.get_by_role("dialog", name="Time")
    expect(dialog.get_by_text("who waits already")).to_contain_text(str(following.appointment.patient))
    dialog.get_by_role("button", name="Add 15 minutes").click()

    for page in both:
        expect(page.locator("[data-clock]")).to_contain_text("2", timeout=5000)  # minutes, in the twenties
    expect(guest.locator("[data-announce]")).to_have_text("The doctor has added 15 minutes.")
    visit.refresh_from_db()
    assert visit.extended_minutes == 15


def test_doctor_goes_on_by_phone(both, visit):
    guest, host = both

    host.get_by_role("button", name="Phone").click()
    dialog = host.get_by_role("dialog", name="By phone")
    expect(dialog.get_by_role("link", name="+351 912 345 678")).to_be_visible()
    dialog.get_by_role("button", name="Go on by phone").click()
    expect(guest.get_by_text("calls you on +351 912 345 678")).to_be_visible()
    dialog.get_by_label("Minutes on the phone").fill("9")
    dialog.get_by_role("button", name="Save the minutes").click()

    expect(dialog.get_by_text("9 minutes on the phone are kept")).to_be_visible()
    visit.refresh_from_db()
    assert visit.phone_minutes == 9
    assert visit.events.filter(kind=VisitEvent.Kind.BY_PHONE).exists()


def test_ended_visit_is_opened_again_and_both_meet(both, visit):
    guest, host = both
    host.get_by_role("link", name="Leave").click()
    host.get_by_role("button", name="End the visit for everybody").click()
    expect(guest.get_by_role("heading", name="The visit is over")).to_be_visible()

    host.get_by_role("button", name="Open the visit again").click()
    host.locator(".room[data-state=in]").wait_for()
    guest.goto(f"{visit.get_absolute_url()}room/")

    for page in both:
        receives_picture_and_sound(page)


def test_pages_stop_within_a_second_of_the_last_moment(visitor):
    visit = a_visit(starts_in=-timedelta(minutes=35) + timedelta(seconds=25))
    both = meet(visitor(visit.appointment.patient.user), visitor(visit.host.user), visit)
    for page in both:
        page.evaluate(
            """() => new MutationObserver((_changes, observer) => {
              if (!document.querySelector(".room[data-state=expired]")) return;
              window.stoppedAt = Date.now();
              observer.disconnect();
            }).observe(document, { subtree: true, attributes: true })"""
        )

    for page in both:
        wait_until(lambda page=page: page.evaluate("window.stoppedAt"))
        late = page.evaluate("window.stoppedAt") / 1000 - visit.expires_at.timestamp()
        assert 0 <= late < 1
