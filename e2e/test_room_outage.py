"""The call comes back by itself when the network is out."""

import time

import pytest
from playwright.sync_api import expect

from clinic.loopback import switch_loopback
from clinic.testing import network
from e2e.rooms import meet, receives_picture_and_sound
from televisit.tests.factories import a_visit


@pytest.fixture
def cable(request):
    """Pulls the plug of the tests' own network, and puts it in again at the end whatever happens."""
    if request.config.stash.get(network, "") != "nothing but loopback":
        pytest.skip("without a network of our own there is nothing to cut")
    yield switch_loopback
    switch_loopback(is_on=True)


@pytest.fixture
def both(visitor):
    visit = a_visit()
    return meet(visitor(visit.appointment.patient.user), visitor(visit.host.user), visit)


def test_twenty_seconds_without_network_are_survived(both, cable):
    cable(is_on=False)
    for page in both:
        expect(page.locator("[data-connection]")).to_have_text("Reconnecting")
    time.sleep(10)
    for page in both:
        expect(page.get_by_text("No connection to the clinic.").first).to_be_visible()
    cable(is_on=True)

    for page in both:
        receives_picture_and_sound(page)
        expect(page.locator("[data-connection]")).to_contain_text("Connected")
        expect(page.locator("[data-offline]")).to_be_hidden()
