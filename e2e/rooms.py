"""Two people in a room, and what their browsers really receive."""

import time
from collections.abc import Callable
from typing import Any

from playwright.sync_api import BrowserContext, Page

from televisit.models import Visit

# Keeps every RTCPeerConnection of the page where a test can ask it for its statistics.
REMEMBER_CONNECTIONS = """
window.connections = [];
window.RTCPeerConnection = class extends RTCPeerConnection {
  constructor(...settings) { super(...settings); window.connections.push(this); }
};
"""
RECEIVED = """
async () => {
  const connection = window.connections.filter((one) => one.connectionState === "connected").at(-1);
  const sum = { frames: 0, sound: 0, videos: 0 };
  for (const report of connection ? (await connection.getStats()).values() : []) {
    if (report.type !== "inbound-rtp") continue;
    if (report.kind === "video") { sum.frames += report.framesDecoded ?? 0; sum.videos += report.framesDecoded > 0; }
    if (report.kind === "audio") sum.sound += report.totalAudioEnergy ?? 0;
  }
  return sum;
}
"""
# The connections that are open, how the newest is, and the number that both sides know each end of it by.
CONNECTION = """
() => {
  const open = window.connections.filter((one) => one.connectionState !== "closed");
  const { connectionState, localDescription, remoteDescription } = open.at(-1);
  const session = (description) => /^o=\\S+ (\\S+)/m.exec(description.sdp)[1];
  return { open: open.length, state: connectionState, ends: [session(localDescription), session(remoteDescription)] };
}
"""
PATIENCE_SECONDS = 25


def come_to_the_waiting_room(context: BrowserContext, visit: Visit) -> Page:
    """The patient goes through the door."""
    page = context.new_page()
    page.goto(visit.get_absolute_url())
    page.get_by_label("Where are you now?").fill("5 Harbour Street, Lisbon")
    page.get_by_label("Number if we are cut off").fill("+351 912 345 678")
    page.get_by_label("I agree to be treated over video").check()
    page.get_by_role("button", name="Join waiting room").click()
    page.get_by_role("heading", name="You are in the waiting room").wait_for()
    return page


def join_as_doctor(context: BrowserContext, visit: Visit) -> Page:
    page = context.new_page()
    page.goto(visit.get_absolute_url())
    page.get_by_role("link", name="Join the visit").click()
    page.locator(".room[data-state=in]").wait_for()
    return page


def admit(doctor: Page) -> None:
    doctor.get_by_role("button", name="Admit").click()


def meet(patient: BrowserContext, doctor: BrowserContext, visit: Visit) -> tuple[Page, Page]:
    """Patient and doctor, each in the room, with picture and sound both ways."""
    waiting = come_to_the_waiting_room(patient, visit)
    host = join_as_doctor(doctor, visit)
    admit(host)
    for page in (waiting, host):
        receives_picture_and_sound(page)
    return waiting, host


def received(page: Page) -> dict[str, Any]:
    """Decoded frames, energy of the sound, and videos that have any, over the newest connection of the page."""
    return page.evaluate(RECEIVED)


def receives_picture_and_sound(page: Page, frames: int = 30) -> None:
    """Wait until `frames` more frames than now were decoded, and sound came that is not silence."""
    before = received(page)["frames"]
    wait_until(
        lambda: (now := received(page))["frames"] - before >= frames and now["sound"] > 0,
        lambda: f"received {received(page)}, before {before}",
    )


def are_on_one_connection(first: Page, second: Page) -> None:
    """Each page has one connection, and it is the other's: neither side was left behind with an older one."""
    one, other = first.evaluate(CONNECTION), second.evaluate(CONNECTION)
    assert (one["open"], one["state"], other["open"], other["state"]) == (1, "connected", 1, "connected")
    assert one["ends"] == other["ends"][::-1]


def wait_until(is_so: Callable[[], Any], story: Callable[[], str] = lambda: "it did not happen") -> None:
    """Ask from here, again and again: wait_for_function() would need eval, which our policy forbids."""
    end = time.monotonic() + PATIENCE_SECONDS
    while not is_so():
        if time.monotonic() > end:
            raise AssertionError(story())
        time.sleep(0.1)
