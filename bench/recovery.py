"""How long after the line is back pictures come again, and how long the picture stood still.

Run it as the browser tests are run: ``.venv/bin/pytest --own-network -s bench/recovery.py``. The socket is closed, the
portal is killed and started again, the network is cut for 20 and for 40 seconds. Signalling is back when the other side
hears that the microphone was muted; pictures when both browsers decode new ones.
"""

import statistics
import time

import pytest

from clinic.loopback import switch_loopback
from e2e.conftest import browser, database, free_port, portal, running_portal, visitor  # noqa: F401  (fixtures)
from e2e.rooms import meet, receives_picture_and_sound, wait_until
from televisit.tests.factories import a_visit

ROUNDS = 3
# Keeps the page's socket where it can be closed, when it was open last, and every picture's time.
NOTE_THE_TIMES = """
const Socket = window.WebSocket;
window.WebSocket = class extends Socket {
  constructor(...address) {
    super(...address);
    if (!this.url.includes("/ws/visits/")) return;
    window.line = this;
    this.addEventListener("message", () => this.readyState === 1 && (window.heardAt ??= Date.now()));
  }
};
window.frames = [];
const note = (video) => {
  window.frames.push(Date.now());
  video.requestVideoFrameCallback(() => note(video));
};
new MutationObserver(() => {
  const video = document.querySelector(".tile video");
  if (video && !video.noted) { video.noted = true; note(video); }
}).observe(document, { subtree: true, childList: true });
"""
FORGET = "() => { window.heardAt = null; window.frames = [] }"
LONGEST_GAP = "() => Math.max(0, ...window.frames.slice(1).map((at, place) => at - window.frames[place]))"


@pytest.fixture
def line(visitor):  # noqa: F811
    """A function that has two people meet over a portal at `address`."""

    def meet_there(address: str):
        visit = a_visit()
        contexts = [visitor(user, base_url=address) for user in (visit.appointment.patient.user, visit.host.user)]
        for context in contexts:
            context.add_init_script(NOTE_THE_TIMES)
        return meet(*contexts, visit)

    return meet_there


def test_socket_lost(line, portal):  # noqa: F811
    guest, _host = line(portal)
    times = []
    for _round in range(ROUNDS):
        lost = guest.evaluate("() => { window.heardAt = null; window.line.close(); return Date.now() }")
        wait_until(lambda: guest.evaluate("window.heardAt"))
        times.append(guest.evaluate("window.heardAt") - lost)
        time.sleep(1)
    print(f"\nsocket lost: signalling back after {statistics.median(times):.0f} ms, at most {max(times):.0f} ms")


def test_server_restarted(line):
    port = free_port()
    with running_portal(port) as address:
        pages = line(address)
        for page in pages:
            page.evaluate(FORGET)
    time.sleep(3)
    for page in pages:
        page.evaluate("window.heardAt = null")
    with running_portal(port):
        booted = time.time() * 1000
        wait_until(lambda: all(page.evaluate("window.heardAt") for page in pages))
        late = max(page.evaluate("window.heardAt") for page in pages) - booted
        for page in pages:
            receives_picture_and_sound(page)
        gap = max(page.evaluate(LONGEST_GAP) for page in pages)
    print(
        f"\nserver down for 3 s: signalling back {max(0, late):.0f} ms after its boot, "
        f"longest gap between pictures {gap:.0f} ms"
    )


@pytest.mark.parametrize("seconds", [20, 40])
def test_network_out(line, portal, request, seconds):  # noqa: F811
    request.addfinalizer(lambda: switch_loopback(is_on=True))
    pages = line(portal)
    switch_loopback(is_on=False)
    time.sleep(seconds)
    for page in pages:
        page.evaluate(FORGET)
    back = time.time() * 1000
    switch_loopback(is_on=True)

    wait_until(lambda: all(page.evaluate("window.frames.length > 1") for page in pages))
    late = max(page.evaluate("window.frames[0]") for page in pages) - back
    print(f"\nnetwork out for {seconds} s: both have pictures {late:.0f} ms after it is back")
