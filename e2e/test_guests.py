"""Guests, and the device check, in real browsers."""

from playwright.sync_api import expect

from e2e.rooms import admit, join_as_doctor, receives_picture_and_sound, wait_until
from televisit.models import DeviceCheck
from televisit.tests.factories import a_visit


def test_guest_by_code_is_admitted_and_sees_the_doctor(visitor):
    visit = a_visit()
    guest = visitor().new_page()
    guest.goto(visit.get_absolute_url())
    guest.get_by_label("Your name").fill("Ines")
    guest.get_by_label("Interpreter").check()
    guest.get_by_role("button", name="Join waiting room").click()
    guest.get_by_role("heading", name="You are in the waiting room").wait_for()

    host = join_as_doctor(visitor(visit.host.user), visit)
    admit(host)

    for page in (guest, host):
        receives_picture_and_sound(page)


def test_device_check_finds_camera_microphone_and_line(visitor):
    visit = a_visit()
    page = visitor(visit.appointment.patient.user, viewport={"width": 390, "height": 844}).new_page()
    page.goto(f"{visit.get_absolute_url()}device-check/")
    page.locator("[data-device-check][data-done]").wait_for()

    expect(page.locator("[data-part=camera] [data-result]")).to_have_text("Works")
    wait_until(DeviceCheck.objects.filter(visit=visit).exists)
    check = DeviceCheck.objects.get(visit=visit)
    assert (check.camera, check.microphone, check.network) == ("works", "works", "works")
    assert check.round_trip_ms is not None
