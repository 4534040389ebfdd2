"""From the doctor's click on Join to the first picture of the other: the median and the 95th percentile.

Run it as the browser tests are run: ``.venv/bin/pytest --own-network -s bench/first_frame.py``, ``ROUNDS=5`` for fewer
visits. Browser to browser and through coturn alone; with the patient in the room already, and in the waiting room,
where a script presses Admit as fast as it can.
"""

import os
import statistics
from contextlib import nullcontext

import pytest

from e2e.conftest import browser, database, portal, running_portal, visitor  # noqa: F401  (fixtures)
from e2e.relay import RELAY_ONLY, running_relay
from e2e.rooms import come_to_the_waiting_room, receives_picture_and_sound, wait_until
from televisit.tests.factories import a_seat_of_the_patient, a_visit

ROUNDS = int(os.environ.get("ROUNDS", "20"))
# Wall clock, since the click and the picture are on two pages.
NOTE_THE_TIMES = """
const now = () => performance.timeOrigin + performance.now();
addEventListener("click", ({ target }) => {
  if (target.closest("#join")) sessionStorage.setItem("clicked", now());
}, true);
new MutationObserver(() => {
  if (document.querySelector(".room[data-state=in]") && !window.pressed) {
    const admit = document.querySelector("button[id^=admit]");
    window.pressed = admit && (admit.click(), now());
  }
  const video = document.querySelector(".tile video");
  if (video && !video.noted) {
    video.noted = true;
    video.requestVideoFrameCallback(() => (window.firstFrame ??= now()));
  }
}).observe(document, { subtree: true, childList: true, attributes: true });
"""


@pytest.mark.parametrize("waits", [False, True], ids=["in the room", "in the waiting room"])
@pytest.mark.parametrize("way", ["direct", "relayed"])
def test_first_frame(visitor, way, waits):  # noqa: F811
    with (
        running_relay() if way == "relayed" else nullcontext() as relay,
        running_portal(**relay.settings() if relay else {}) as address,
    ):
        times = [one_visit(visitor, address, way, waits=waits) for _round in range(ROUNDS + 1)][1:]  # one warms up

    place = "waiting room" if waits else "room"
    for who in ("doctor", "patient"):
        values = [time[who] for time in times]
        p95 = statistics.quantiles(values, n=20, method="inclusive")[-1]
        print(
            f"\n{way}, patient in the {place}, first picture at the {who}: "
            f"median {statistics.median(values):.0f} ms, p95 {p95:.0f} ms of {ROUNDS}",
            end="",
        )


def one_visit(visitor, address: str, way: str, *, waits: bool) -> dict[str, float]:  # noqa: F811
    """Milliseconds from the doctor's click to the first picture at the doctor and at the patient."""
    visit = a_visit()
    patient, doctor = (visitor(user, base_url=address) for user in (visit.appointment.patient.user, visit.host.user))
    for context in (patient, doctor):
        context.add_init_script(NOTE_THE_TIMES)
        if way == "relayed":
            context.add_init_script(RELAY_ONLY)
    guest = come_to_the_waiting_room(patient, visit) if waits else go_straight_in(patient, visit)
    host = doctor.new_page()
    host.goto(visit.get_absolute_url())
    host.locator("#join").click()
    wait_until(lambda: all(page.evaluate("window.firstFrame") for page in (guest, host)))
    receives_picture_and_sound(host)
    clicked = float(host.evaluate("sessionStorage.getItem('clicked')"))
    times = {
        name: page.evaluate("window.firstFrame") - clicked for name, page in {"doctor": host, "patient": guest}.items()
    }
    for context in (patient, doctor):
        context.close()
    return times


def go_straight_in(context, visit):
    """As who was admitted before, and has loaded the page anew."""
    a_seat_of_the_patient(visit, admitted=True)
    page = context.new_page()
    page.goto(f"{visit.get_absolute_url()}room/")
    page.locator(".room[data-state=in]").wait_for()
    page.locator("[data-self] video").wait_for()
    return page
