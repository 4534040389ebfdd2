"""Behind networks that let nothing through but the relay: a real coturn."""

import time

import pytest

from e2e.conftest import running_portal
from e2e.relay import RELAY_ONLY, SELECTED_PAIR, running_relay
from e2e.rooms import meet, receives_picture_and_sound, wait_until
from televisit.tests.factories import a_visit

SHORT_SECONDS = 12
FIRST_SERVERS = "() => window.connections.at(-1).getConfiguration().iceServers"
# What the relay says to these credentials: the candidates that come of them.
CANDIDATES_WITH = """
async (iceServers) => {
  const connection = new RTCPeerConnection({ iceServers });
  connection.createDataChannel("");
  await connection.setLocalDescription();
  await new Promise((done) => (connection.onicegatheringstatechange = done));
  await new Promise((done) => setTimeout(done, 1500));
  const found = connection.localDescription.sdp.match(/^a=candidate/gm) ?? [];
  connection.close();
  window.connections.pop();
  return found.length;
}
"""


@pytest.fixture
def relay():
    with running_relay() as relay:
        yield relay


def people_of(visit, visitor, address):
    contexts = [visitor(user, base_url=address) for user in (visit.appointment.patient.user, visit.host.user)]
    for context in contexts:
        context.add_init_script(RELAY_ONLY)
    return contexts


def test_picture_and_sound_come_through_the_relay_alone(visitor, relay):
    visit = a_visit()
    with running_portal(**relay.settings()) as address:
        guest, host = meet(*people_of(visit, visitor, address), visit)

        assert [page.evaluate(SELECTED_PAIR)["type"] for page in (guest, host)] == ["relay", "relay"]


def test_call_outlives_its_first_turn_credentials(visitor, relay):
    visit = a_visit()
    with running_portal(**relay.settings(seconds=SHORT_SECONDS)) as address:
        guest, host = meet(*people_of(visit, visitor, address), visit)
        first = host.evaluate(FIRST_SERVERS)
        good_until = int(first[0]["username"].partition(":")[0])
        port = host.evaluate(SELECTED_PAIR)["port"]
        wait_until(lambda: time.time() > good_until + 1)
        assert host.evaluate(CANDIDATES_WITH, first) == 0

        host.evaluate("window.connections.at(-1).restartIce()")

        wait_until(lambda: (now := host.evaluate(SELECTED_PAIR)) and now["port"] != port)
        for page in (guest, host):
            receives_picture_and_sound(page)
            assert page.evaluate("window.connections.length") == 1
