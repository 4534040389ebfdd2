"""Devices, shortcuts, and a line that is too weak for pictures."""

from playwright.sync_api import expect

from e2e.rooms import come_to_the_waiting_room, meet, received, receives_picture_and_sound, wait_until

# The other side reports that much of what we send is lost, while window.isBad.
WEAK_LINE = """
const ask = RTCPeerConnection.prototype.getStats;
RTCPeerConnection.prototype.getStats = async function () {
  const reports = new Map((await ask.call(this)).entries());
  const timestamp = performance.timeOrigin + performance.now();
  if (window.isBad) reports.set("bad", { type: "remote-inbound-rtp", fractionLost: 0.4, timestamp });
  return reports;
};
"""
TAKEN_CAMERA = """
const devices = navigator.mediaDevices;
const ask = devices.getUserMedia.bind(devices);
devices.getUserMedia = async (wishes) => {
  if (wishes.video && !window.isFree) throw new DOMException("Could not start video source", "NotReadableError");
  return ask(wishes);
};
"""


def test_weak_line_costs_the_picture_not_the_sound_and_says_so(patient, doctor, visit):
    patient.add_init_script(WEAK_LINE)
    guest, host = meet(patient, doctor, visit)

    guest.evaluate("window.isBad = true")
    expect(guest.locator("[data-connection]")).to_have_text("Connected, weak line")
    expect(guest.get_by_text("your picture is sent smaller").first).to_be_visible()
    expect(guest.get_by_text("too weak for pictures: sound only").first).to_be_visible()
    for page in (guest, host):
        expect(page.locator(".tile video")).to_be_hidden()
    before = received(host)["sound"]
    wait_until(lambda: received(host)["sound"] > before)

    guest.evaluate("window.isBad = false")
    guest.get_by_role("button", name="Try pictures again").click()
    for page in (guest, host):
        expect(page.locator(".tile video")).to_be_visible()
        receives_picture_and_sound(page)


def test_sound_only_can_be_chosen(patient, doctor, visit):
    guest, host = meet(patient, doctor, visit)

    guest.get_by_role("button", name="Settings").click()
    guest.get_by_label("Sound only").check()
    guest.get_by_role("button", name="Close").click()

    for page in (guest, host):
        expect(page.locator(".tile video")).to_be_hidden()
    expect(guest.get_by_text("Sound only, as you have chosen.").first).to_be_visible()


def test_another_camera_is_taken_and_seen(patient, doctor, visit):
    guest, host = meet(patient, doctor, visit)
    used = (
        "window.connections.at(-1).getSenders().find((one) => one.track?.kind === 'video').track.getSettings().deviceId"
    )
    first = guest.evaluate(used)

    guest.get_by_role("button", name="Settings").click()
    cameras = guest.get_by_label("Camera", exact=True)
    other = options(cameras)[-1]  # the second of the fake ones is a depth camera, which no call can send
    assert other != first
    cameras.select_option(other)

    wait_until(lambda: guest.evaluate(used) == other)
    receives_picture_and_sound(host)


def test_keys_press_buttons_unless_somebody_writes(patient, doctor, visit):
    guest, host = meet(patient, doctor, visit)

    guest.locator("body").press("m")
    expect(host.locator(".tile [data-muted]")).to_be_visible()
    expect(guest.locator("[data-announce]")).to_have_text("You are muted.")
    guest.get_by_role("textbox", name="Message").press("m")
    guest.get_by_role("button", name="Settings").click()
    guest.get_by_label("Single keys press buttons").uncheck()
    guest.get_by_role("button", name="Close").click()
    guest.locator("body").press("m")

    expect(guest.get_by_role("button", name="Unmute")).to_be_visible()


def test_message_that_comes_while_the_chat_is_closed_is_marked(patient, doctor, visit):
    waiting, host = meet(patient, doctor, visit)
    news = waiting.get_by_role("button", name="New message")
    waiting.get_by_role("textbox", name="Message").wait_for()
    waiting.get_by_role("button", name="Chat", exact=True).click()

    host.get_by_role("textbox", name="Message").fill("Look at the leaflet.")
    host.get_by_role("button", name="Send").click()

    expect(news).to_be_visible()
    news.click()
    expect(waiting.get_by_text("Look at the leaflet.")).to_be_visible()
    expect(news).to_have_count(0)


def test_camera_that_another_program_has_is_named_and_can_be_tried_again(patient, visit):
    patient.add_init_script(TAKEN_CAMERA)
    guest = come_to_the_waiting_room(patient, visit)
    expect(guest.get_by_text("Another program uses the camera.")).to_be_visible()

    guest.evaluate("window.isFree = true")
    guest.get_by_role("button", name="Camera on").click()

    expect(guest.locator("[data-self] video")).to_be_visible()
    expect(guest.get_by_text("Another program uses the camera.")).to_be_hidden()


def test_camera_lost_in_the_middle_is_said(patient, doctor, visit):
    guest, host = meet(patient, doctor, visit)

    guest.evaluate(
        """() => window.connections.at(-1).getSenders().find((one) => one.track?.kind === "video")
             .track.dispatchEvent(new Event("ended"))"""
    )

    expect(guest.get_by_text("The camera has stopped")).to_be_visible()
    expect(host.locator(".tile video")).to_be_hidden()


def options(select):
    return select.locator("option").evaluate_all("(all) => all.map((one) => one.value)")
