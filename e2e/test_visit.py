"""The visit in two browsers: waiting room, picture and sound, and every way in which it ends."""

from datetime import timedelta

import pytest
from playwright.sync_api import expect

from appointments.models import Appointment
from e2e.conftest import free_port, running_portal
from e2e.rooms import (
    admit,
    come_to_the_waiting_room,
    join_as_doctor,
    meet,
    received,
    receives_picture_and_sound,
    wait_until,
)
from televisit.models import Visit
from televisit.tests.factories import a_visit

LENGTH_AND_GRACE = timedelta(minutes=35)
NO_CAMERA = """
const devices = navigator.mediaDevices;
const ask = devices?.getUserMedia.bind(devices);
if (ask) devices.getUserMedia = async (wanted) => {
  if (wanted.video) throw new DOMException("", "NotFoundError");
  return ask(wanted);
};
"""


def test_patient_waits_doctor_admits_and_both_see_and_hear_each_other(patient, doctor, visit):
    waiting = come_to_the_waiting_room(patient, visit)
    stage = waiting.get_by_role("region", name="Video", exact=True)
    expect(stage.get_by_text("is not here yet. You are next.")).to_be_visible()

    host = join_as_doctor(doctor, visit)
    expect(stage.get_by_text("is in the room and will let you in")).to_be_visible()
    admit(host)

    for page in (waiting, host):
        receives_picture_and_sound(page)
        expect(page.locator(".room-top [data-connection]")).to_have_text("Connected")
        expect(page.locator("[data-alone]")).to_be_hidden()
    visit.refresh_from_db()
    assert visit.status == Visit.Status.ACTIVE


def test_door_opens_by_itself(visitor):
    visit = a_visit(starts_in=timedelta(minutes=15, seconds=10))
    page = visitor(visit.appointment.patient.user).new_page()
    page.goto(visit.get_absolute_url())
    expect(page.get_by_role("heading", name="The door is not open yet")).to_be_visible()

    expect(page.get_by_label("Where are you now?")).to_be_visible()


def test_doctor_sees_where_the_patient_is(patient, doctor, visit):
    _waiting, host = meet(patient, doctor, visit)

    expect(host.get_by_text("5 Harbour Street, Lisbon")).to_be_visible()


def test_mute_and_camera_off_are_seen_on_the_other_side(patient, doctor, visit):
    guest, host = meet(patient, doctor, visit)

    guest.get_by_role("button", name="Mute").click()
    guest.get_by_role("button", name="Camera off").click()

    expect(host.locator(".tile [data-muted]")).to_be_visible()
    expect(host.locator(".tile video")).to_be_hidden()
    guest.get_by_role("button", name="Camera on").click()
    expect(host.locator(".tile video")).to_be_visible()
    receives_picture_and_sound(host)


def test_who_has_no_camera_is_told_so_and_goes_on_with_sound(patient, doctor, visit):
    patient.add_init_script(NO_CAMERA)

    guest = come_to_the_waiting_room(patient, visit)
    expect(guest.get_by_text("No camera was found.")).to_be_visible()
    host = join_as_doctor(doctor, visit)
    admit(host)

    receives_picture_and_sound(guest)
    wait_until(lambda: received(host)["sound"] > 0)
    expect(host.locator(".tile video")).to_be_hidden()


def test_shared_screen_comes_as_a_second_picture(patient, doctor, visit):
    guest, host = meet(patient, doctor, visit)

    host.get_by_role("button", name="Share").click()
    expect(guest.locator(".tile-screen video")).to_be_visible()
    wait_until(lambda: received(guest)["videos"] == 2)
    host.get_by_role("button", name="Stop sharing").click()

    expect(guest.locator(".tile-screen")).to_have_count(0)


@pytest.mark.parametrize("who", ["patient", "doctor"])
def test_reload_brings_both_back_without_the_waiting_room(patient, doctor, visit, who):
    guest, host = meet(patient, doctor, visit)

    {"patient": guest, "doctor": host}[who].reload()

    for page in (guest, host):
        receives_picture_and_sound(page)


def test_patient_leaves_and_comes_back_without_being_admitted_again(patient, doctor, visit):
    guest, host = meet(patient, doctor, visit)

    guest.get_by_role("link", name="Leave").click()
    guest.get_by_role("dialog").get_by_role("link", name="Leave").click()
    expect(host.get_by_text("Nobody else is in the room.")).to_be_visible()
    guest.get_by_role("link", name="Go back to the visit").click()

    for page in (guest, host):
        receives_picture_and_sound(page)


def test_doctor_ends_the_visit_for_both(patient, doctor, visit):
    guest, host = meet(patient, doctor, visit)

    host.get_by_role("link", name="Leave").click()
    host.get_by_role("button", name="End the visit for everybody").click()

    expect(host.get_by_role("heading", name="The visit is over")).to_be_visible()
    expect(guest.get_by_role("heading", name="The visit is over")).to_be_visible()
    wait_until(lambda: tracks(guest) == 0)
    visit.appointment.refresh_from_db()
    assert visit.appointment.status == Appointment.Status.COMPLETED


def test_both_pages_stop_when_the_time_is_over(visitor):
    visit = a_visit(starts_in=-LENGTH_AND_GRACE + timedelta(seconds=25))
    guest, host = meet(visitor(visit.appointment.patient.user), visitor(visit.host.user), visit)

    for page in (guest, host):
        page.locator(".room[data-state=expired]").wait_for(timeout=30_000)
        expect(page.get_by_role("heading", name="The visit is over")).to_be_visible()
        assert tracks(page) == 0


def test_removed_person_is_out_and_cannot_come_back(patient, doctor, visit):
    guest, host = meet(patient, doctor, visit)

    host.locator("#present").get_by_role("button", name="Remove from the visit").click()
    host.get_by_role("dialog").get_by_role("button", name="Remove").click()

    expect(guest.get_by_role("heading", name="You are no longer in the visit")).to_be_visible()
    guest.get_by_role("link", name="Back to the door").click()
    expect(guest.get_by_role("heading", name="You cannot join this visit")).to_be_visible()


def test_second_window_takes_over(patient, doctor, visit):
    guest, host = meet(patient, doctor, visit)

    second = patient.new_page()
    second.goto(f"{visit.get_absolute_url()}room/")

    for page in (second, host):
        receives_picture_and_sound(page)
    expect(guest.get_by_role("heading", name="You joined in another window")).to_be_visible()


def test_two_portal_processes_carry_the_two_sides_of_one_visit(visitor, portal, visit):
    with running_portal() as other:
        guest, host = meet(visitor(visit.appointment.patient.user), visitor(visit.host.user, base_url=other), visit)

        assert guest.url.startswith(portal)
        assert host.url.startswith(other)


def test_call_goes_on_while_the_portal_restarts(visitor, visit):
    port = free_port()
    with running_portal(port) as address:
        people = [visitor(user, base_url=address) for user in (visit.appointment.patient.user, visit.host.user)]
        guest, host = meet(*people, visit)

    for page in (guest, host):  # the portal is down, the picture is not
        receives_picture_and_sound(page)
    with running_portal(port):
        guest.get_by_role("button", name="Mute").click()

        expect(host.locator(".tile [data-muted]")).to_be_visible()
        assert [page.evaluate("window.connections.length") for page in (guest, host)] == [1, 1]


def test_broken_connection_is_built_anew(patient, doctor, visit):
    guest, host = meet(patient, doctor, visit)

    guest.evaluate("window.connections.at(-1).close()")
    expect(host.locator("[data-connection]")).to_have_text("Reconnecting")

    for page in (guest, host):
        receives_picture_and_sound(page)
    expect(host.locator("[data-connection]")).to_have_text("Connected")


def test_note_saves_itself_beside_the_video(doctor, visit):
    host = join_as_doctor(doctor, visit)

    host.get_by_role("tab", name="Note").click()
    host.get_by_label("Consultation note").fill("Dizzy since Monday.")
    expect(host.get_by_text("Draft saved")).to_be_visible()
    host.get_by_role("button", name="Sign the note").click()

    expect(host.locator("#note").get_by_text("Signed", exact=True)).to_be_visible()
    assert visit.notes.get().is_signed


def tracks(page):
    """How many tracks the page still sends or receives."""
    return page.evaluate(
        """() => window.connections.filter((one) => one.connectionState !== "closed")
             .flatMap((one) => one.getTransceivers()).length"""
    )
