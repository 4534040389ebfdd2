"""From the doctor's click on Join to the first picture of the other, the waiting room included: prints the median.

Run it as the browser tests are run: ``.venv/bin/pytest --own-network -s bench/first_frame.py``. The doctor lets the
patient in as fast as a script can press the button.
"""

import statistics

from e2e.conftest import browser, database, portal, visitor  # noqa: F401  (fixtures)
from e2e.rooms import come_to_the_waiting_room, receives_picture_and_sound, wait_until
from televisit.tests.factories import a_visit

ROUNDS = 10
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


def test_first_frame(visitor):  # noqa: F811
    times = [one_visit(visitor) for _round in range(ROUNDS + 1)][1:]  # the first one warms everything up

    for who in ("doctor", "patient"):
        values = [time[who] for time in times]
        print(
            f"\nJoin to first picture at the {who}: median {statistics.median(values):.0f} ms, "
            f"fastest {min(values):.0f}, slowest {max(values):.0f} ms of {ROUNDS}",
            end="",
        )


def one_visit(visitor) -> dict[str, float]:  # noqa: F811
    """Milliseconds from the doctor's click to the first picture at the doctor and at the patient."""
    visit = a_visit()
    patient, doctor = visitor(visit.appointment.patient.user), visitor(visit.host.user)
    for context in (patient, doctor):
        context.add_init_script(NOTE_THE_TIMES)
    waiting = come_to_the_waiting_room(patient, visit)
    host = doctor.new_page()
    host.goto(visit.get_absolute_url())
    host.locator("#join").click()
    wait_until(lambda: all(page.evaluate("window.firstFrame") for page in (waiting, host)))
    receives_picture_and_sound(host)
    clicked = float(host.evaluate("sessionStorage.getItem('clicked')"))
    times = {
        name: page.evaluate("window.firstFrame") - clicked
        for name, page in {"doctor": host, "patient": waiting}.items()
    }
    for context in (patient, doctor):
        context.close()
    return times
