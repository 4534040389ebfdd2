"""How long after the line is back signals and pictures come again, and how long the picture stood still.

Run it as the browser tests are run: ``.venv/bin/pytest --own-network -s bench/recovery.py``; it takes five minutes.
The socket is closed, the portal is stopped and started again, the network is cut for 20 and for 40 seconds. Signalling
is back when a page hears from the server of the other one; pictures when both browsers show new ones.
"""

import statistics
import time
from contextlib import ExitStack

import pytest

from clinic.loopback import switch_loopback
from e2e.conftest import browser, database, free_port, portal, running_portal, visitor  # noqa: F401  (fixtures)
from e2e.rooms import meet, receives_picture_and_sound, wait_until
from televisit.tests.factories import a_visit

ROUNDS = 3
OUTAGES = {20: 3, 40: 2}  # seconds, and how often
QUIET_SECONDS = 6  # until a page takes its line for good again
# Keeps the page's socket where it can be closed, when it heard of the other page, and every picture's time.
NOTE_THE_TIMES = """
const Socket = window.WebSocket;
window.WebSocket = class extends Socket {
  constructor(...address) {
    super(...address);
    if (!this.url.includes("/ws/visits/")) return;
    window.line = this;
    this.addEventListener("message", ({ data }) => /peer-(here|joined)/.test(data) && (window.heardAt ??= Date.now()));
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
        time.sleep(QUIET_SECONDS)
        guest.evaluate(FORGET)
        lost = guest.evaluate("() => { window.line.close(); return Date.now() }")
        times.append(heard([guest]) - lost)
    say("socket lost: signalling back after", times)


def test_server_restarted(line):
    port = free_port()
    times, gaps = [], []
    with ExitStack() as first:
        pages = line(first.enter_context(running_portal(port)))
        forget(pages)
    for _round in range(ROUNDS):
        time.sleep(3)
        with running_portal(port):
            times.append(max(0, heard(pages) - time.time() * 1000))
            for page in pages:
                receives_picture_and_sound(page)
            gaps.append(max(page.evaluate(LONGEST_GAP) for page in pages))
            time.sleep(QUIET_SECONDS)
            forget(pages)
    say("server restarted: signalling back after its boot by", times)
    say("server restarted: longest time without a new picture", gaps)


def test_network_out(line, portal, request):  # noqa: F811
    request.addfinalizer(lambda: switch_loopback(is_on=True))
    pages = line(portal)
    for seconds, rounds in OUTAGES.items():
        pictures, signals = [], []
        for _round in range(rounds):
            time.sleep(QUIET_SECONDS)
            switch_loopback(is_on=False)
            time.sleep(seconds)
            forget(pages)
            back = time.time() * 1000
            switch_loopback(is_on=True)
            pictures.append(seen(pages) - back)
            signals.append(heard(pages) - back)
        say(f"network out for {seconds} s: both have pictures after", pictures)
        say(f"network out for {seconds} s: signalling back after", signals)


def forget(pages) -> None:
    for page in pages:
        page.evaluate(FORGET)


def heard(pages) -> float:
    """When the last of the pages had heard of the other one."""
    wait_until(lambda: all(page.evaluate("window.heardAt") for page in pages))
    return max(page.evaluate("window.heardAt") for page in pages)


def seen(pages) -> float:
    """When the last of the pages showed a new picture of the other one."""
    wait_until(lambda: all(page.evaluate("window.frames.length > 1") for page in pages))
    return max(page.evaluate("window.frames[0]") for page in pages)


def say(what: str, values: list[float]) -> None:
    print(f"\n{what}: median {statistics.median(values):.0f} ms, at most {max(values):.0f} ms of {len(values)}", end="")
