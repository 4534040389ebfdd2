"""The call comes back by itself: when the network was out, a laptop slept, or a message was lost on the way."""

import os
import signal
import time

import pytest
from playwright.sync_api import expect

from clinic.loopback import switch_loopback
from clinic.testing import network
from e2e.rooms import (
    admit,
    are_on_one_connection,
    come_to_the_waiting_room,
    join_as_doctor,
    meet,
    receives_picture_and_sound,
)

# The other side is never told that this one begins anew.
LOSE_RESETS = """
const send = WebSocket.prototype.send;
WebSocket.prototype.send = function (text) { if (!text.includes('"reset"')) send.call(this, text); };
"""


@pytest.fixture
def cable(request):
    """Pulls the plug of the tests' own network, and puts it in again at the end whatever happens."""
    if request.config.stash.get(network, "") != "nothing but loopback":
        pytest.skip("without a network of our own there is nothing to cut")
    yield switch_loopback
    switch_loopback(is_on=True)


@pytest.mark.parametrize("seconds", [20, 40])
def test_time_without_network_is_survived(patient, doctor, visit, cable, seconds):
    both = meet(patient, doctor, visit)
    end = time.monotonic() + seconds

    cable(is_on=False)
    for page in both:
        expect(page.locator("[data-connection]")).to_have_text("Reconnecting")
    for page in both:
        expect(page.get_by_text("No connection to the clinic.").first).to_be_visible()
    time.sleep(max(0, end - time.monotonic()))
    cable(is_on=True)

    is_as_before(both)


def test_laptop_that_slept_comes_back(patient, doctor, visit, browser, request):
    guest = come_to_the_waiting_room(patient, visit)
    others = renderers(browser)
    host = join_as_doctor(doctor, visit)
    laptop = renderers(browser) - others
    admit(host)
    for page in (guest, host):
        receives_picture_and_sound(page)

    request.addfinalizer(lambda: tell(laptop, signal.SIGCONT))
    tell(laptop, signal.SIGSTOP)
    expect(guest.locator("[data-connection]")).to_have_text("Reconnecting")
    time.sleep(20)
    tell(laptop, signal.SIGCONT)

    is_as_before((guest, host))


def test_side_that_heard_of_no_reset_begins_anew_as_well(patient, doctor, visit):
    doctor.add_init_script(LOSE_RESETS)
    guest, host = meet(patient, doctor, visit)

    guest.evaluate("window.connections.at(-1).close()")
    expect(host.locator("[data-connection]")).to_have_text("Reconnecting")

    is_as_before((guest, host))


def is_as_before(both):
    """Picture and sound, over one connection that both pages call good."""
    for page in both:
        receives_picture_and_sound(page)
        expect(page.locator("[data-connection]")).to_contain_text("Connected")
        expect(page.locator("[data-offline]")).to_be_hidden()
    are_on_one_connection(*both)


def renderers(browser):
    """The ids of the processes in which Chromium runs its pages."""
    processes = browser.new_browser_cdp_session().send("SystemInfo.getProcessInfo")["processInfo"]
    return {process["id"] for process in processes if process["type"] == "renderer"}


def tell(processes, what):
    for pid in processes:
        os.kill(pid, what)
