"""More than two people in the room, and its size."""

from playwright.sync_api import expect

from clinic.people.tests.factories import RepresentationFactory
from e2e.rooms import admit, come_to_the_waiting_room, meet, wait_until
from e2e.test_story import PHONE

FRAMES = """
async () => {
  let sum = 0;
  for (const connection of window.connections.filter((one) => one.connectionState === "connected"))
    for (const report of (await connection.getStats()).values())
      if (report.type === "inbound-rtp" && report.kind === "video" && report.framesDecoded > 20) sum++;
  return sum;
}
"""


def test_three_people_see_and_hear_one_another(visitor, visit):
    guest, host = meet(visitor(visit.appointment.patient.user), visitor(visit.host.user), visit)
    acting = RepresentationFactory(patient=visit.appointment.patient).user

    third = come_to_the_waiting_room(visitor(acting), visit)
    admit(host)

    for page in (guest, host, third):
        wait_until(lambda page=page: page.evaluate(FRAMES) == 2, lambda page=page: str(page.evaluate(FRAMES)))
        expect(page.locator(".tile")).to_have_count(2)
    third.close()
    for page in (guest, host):
        expect(page.locator(".tile")).to_have_count(1)


def test_room_fits_a_phone(visitor, visit):
    guest, _host = meet(visitor(visit.appointment.patient.user, **PHONE), visitor(visit.host.user), visit)

    assert guest.evaluate("document.documentElement.scrollWidth") <= 390
    for name in ("Mute", "Camera off", "Settings", "Leave"):
        box = guest.locator(".controls").get_by_text(name, exact=True).bounding_box()
        assert box["x"] >= 0
        assert box["x"] + box["width"] <= 390
        assert box["y"] + box["height"] <= 844
