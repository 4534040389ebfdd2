"""Who waits: heard and seen by the doctor on every page, and led in where sockets are blocked."""

import pytest
from django.utils import timezone
from playwright.sync_api import expect

from e2e.rooms import come_to_the_waiting_room, join_as_doctor, wait_until
from televisit.models import Participant
from televisit.tests.factories import a_seat_of_the_patient, a_visit

# Counts the sounds that a page makes.
COUNT_SOUNDS = """
window.sounds = 0;
const start = OscillatorNode.prototype.start;
OscillatorNode.prototype.start = function (...when) { window.sounds += 1; start.apply(this, when); };
"""
# A network that lets no socket through: each closes at once.
NO_SOCKETS = """
window.WebSocket = class extends EventTarget {
  static CONNECTING = 0;
  static OPEN = 1;
  readyState = 3;
  constructor() { super(); setTimeout(() => this.dispatchEvent(new CloseEvent("close", { code: 1006 }))); }
  send() {}
  close() {}
};
"""


@pytest.fixture
def visit():
    return a_visit()


def test_doctor_hears_and_sees_on_whatever_page_that_somebody_waits(visitor, visit):
    context = visitor(visit.host.user)
    context.add_init_script(COUNT_SOUNDS)
    page = context.new_page()
    page.goto("/doctor/hours/")
    assert page.evaluate("window.sounds") == 0

    seat = a_seat_of_the_patient(visit)

    expect(page.locator("#knock-alert")).to_contain_text(f"{seat.name} is waiting")
    wait_until(lambda: page.evaluate("window.sounds") == 1)
    for address in ("/doctor/", "/doctor/requests/", "/settings/"):
        page.goto(address)
        expect(page.get_by_role("link", name="Open the room")).to_be_visible()
        assert page.evaluate("window.sounds") == 0  # the same person is not news


def test_place_in_line_is_asked_for_where_sockets_are_blocked(visitor, visit):
    context = visitor(visit.appointment.patient.user)
    context.add_init_script(NO_SOCKETS)
    page = come_to_the_waiting_room(context, visit)
    stage = page.get_by_role("region", name="Video", exact=True)
    expect(stage.get_by_text("is not here yet. You are next.")).to_be_visible()

    join_as_doctor(visitor(visit.host.user), visit)

    expect(stage.get_by_text("is in the room")).to_be_visible(timeout=45_000)
    assert Participant.objects.waiting_for(visit.host, timezone.now()).exists()
