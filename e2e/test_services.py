"""The rooms of video services in the visit's page: they load under our policy, and nothing else does."""

from pathlib import Path

import pytest
from playwright.sync_api import expect

from e2e.rooms import join_as_doctor
from televisit.tests.factories import a_visit_at
from televisit.tests.providers.fakes import FakeDaily, FakeEmbed, FakeHms, FakeLiveKit, FakeOpenTok, FakeVonage

LIVEKITS_SCRIPT = Path(__file__).parent / "livekit.js"
NOTE_VIOLATIONS = """
window.violations = [];
addEventListener("securitypolicyviolation", ({ effectiveDirective, blockedURI }) =>
  window.violations.push(`${effectiveDirective} ${blockedURI}`));
"""


@pytest.fixture
def come(visitor):
    """Goes into the room of a new visit at a service, as its doctor."""

    def into_room(fake, *, script=None):
        visit = a_visit_at(fake)
        context = visitor(visit.host.user)
        context.add_init_script(NOTE_VIOLATIONS)
        if script:
            context.route("**/livekit-client.umd*.mjs", lambda route: route.fulfill(path=script))
        return join_as_doctor(context, visit), visit

    return into_room


def violations(page):
    return page.evaluate("window.violations")


@pytest.mark.parametrize(
    ("fake", "words"),
    [(FakeDaily, "The room at Daily"), (FakeHms, "The room at 100ms"), (FakeEmbed, "The room of the embed")],
)
def test_the_page_of_a_service_is_drawn_in_a_frame(come, fake, words):
    with fake() as service:
        page, _visit = come(service)

        expect(page.frame_locator(".place iframe").get_by_text(words)).to_be_visible()
        frame = page.locator(".place iframe")
        for device in ("camera", "microphone", "display-capture"):
            assert device in frame.get_attribute("allow")
        assert frame.get_attribute("title")
        assert frame.bounding_box()["height"] > 200
        assert page.locator("[data-device]").count() == 0  # its own page has these buttons
        assert violations(page) == []


def test_dailys_frame_is_entered_with_the_doctors_token(come):
    with FakeDaily() as service:
        page, visit = come(service)
        expect(page.locator(".place iframe")).to_be_visible()

        [token] = {call.query["t"] for call in service.calls if "t" in call.query}
        claims = service.claims(token)

        assert (claims["user_id"], claims["is_owner"]) == (visit.participants.get().uid, True)


@pytest.mark.parametrize("fake", [FakeOpenTok, FakeVonage])
def test_people_of_a_session_are_drawn_by_our_page(come, fake):
    with fake() as service:
        page, visit = come(service)

        tile = page.locator(".place .tile")
        expect(tile.locator("video")).to_be_visible()
        expect(tile.locator("[data-name]")).to_have_text("Patient")
        expect(tile.locator("[data-muted]")).to_be_visible()
        expect(page.locator(".place .selfview video")).to_be_visible()
        [claims] = service.entered
        assert (claims["role"], claims["session_id"]) == ("moderator", service.sessions[-1])
        assert claims["connection_data"] == visit.participants.get().uid
        assert violations(page) == []


def test_the_buttons_under_the_stage_switch_a_sessions_devices(come):
    with FakeOpenTok() as service:
        page, _visit = come(service)
        microphone = page.locator("#microphone")
        expect(microphone).to_be_enabled()

        microphone.click()

        expect(page.get_by_role("button", name="Unmute")).to_be_visible()
        expect(page.locator("[data-announce]")).to_have_text("You are muted.")
        expect(page.locator("#screen")).to_have_count(0)


def test_the_script_of_livekit_knocks_at_the_clinics_server(come):
    """It speaks a language of its own there, which the fake does not: the page says that the video does not load."""
    with FakeLiveKit() as service:
        page, visit = come(service)

        expect(page.locator("[data-embed-failed]")).to_be_visible()
        knocks = [call for call in service.calls if call.path.startswith("/rtc")]
        claims = service.claims(knocks[0].query["access_token"])
        assert claims["sub"] == visit.participants.get().uid
        assert violations(page) == []


@pytest.fixture
def livekit_page(come):
    """The room at a LiveKit server, where the test plays the patient."""
    with FakeLiveKit() as service:
        page, _visit = come(service, script=LIVEKITS_SCRIPT)
        expect(page.locator("#microphone")).to_be_enabled()
        yield page


def hears(page, event, kind, source):
    page.evaluate("([event, kind, source]) => window.room.hear(event, kind, source)", [event, kind, source])


def test_people_at_livekit_come_are_muted_share_their_screen_and_go(livekit_page):
    tiles, screens = livekit_page.locator(".place .tile"), livekit_page.locator(".place .tile-screen")

    hears(livekit_page, "TrackSubscribed", "audio", "microphone")
    hears(livekit_page, "TrackSubscribed", "video", "camera")
    expect(tiles).to_have_count(1)
    expect(tiles.locator("[data-name]")).to_have_text("Patient")
    expect(tiles.locator("video")).to_be_visible()

    hears(livekit_page, "TrackMuted", "audio", "microphone")
    hears(livekit_page, "TrackMuted", "video", "camera")
    expect(tiles.locator("[data-muted]")).to_be_visible()
    expect(tiles.locator("video")).to_be_hidden()

    hears(livekit_page, "TrackSubscribed", "video", "screen_share")
    expect(screens).to_have_count(1)
    hears(livekit_page, "TrackUnsubscribed", "video", "screen_share")
    expect(screens).to_have_count(0)

    livekit_page.evaluate("window.room.tell('ParticipantDisconnected', { identity: 'patient' })")
    expect(tiles).to_have_count(0)


def test_the_buttons_switch_the_devices_at_livekit(livekit_page):
    me = "window.room.localParticipant"
    assert livekit_page.evaluate(f"[{me}.isMicrophoneEnabled, {me}.isCameraEnabled]") == [True, True]

    livekit_page.locator("#microphone").click()
    livekit_page.locator("#screen").click()

    expect(livekit_page.get_by_role("button", name="Unmute")).to_be_visible()
    expect(livekit_page.get_by_role("button", name="Stop sharing")).to_be_visible()
    assert livekit_page.evaluate(f"[{me}.isMicrophoneEnabled, {me}.isScreenShareEnabled]") == [False, True]
    livekit_page.evaluate("window.room.tell('LocalTrackUnpublished', { source: 'screen_share' })")
    expect(livekit_page.get_by_role("button", name="Share")).to_be_visible()


def test_a_camera_that_cannot_be_had_is_off_and_says_so(livekit_page):
    livekit_page.evaluate("window.hasNoCamera = true")
    livekit_page.evaluate("window.room.localParticipant.isCameraEnabled = false")

    livekit_page.locator("#camera").click()

    expect(livekit_page.get_by_role("button", name="Camera on")).to_be_visible()
    expect(livekit_page.locator("[data-announce]")).to_have_text("Your camera is off.")


@pytest.mark.parametrize(("reason", "times"), [(9, 2), (4, 1), (5, 1)])
def test_a_broken_line_to_livekit_comes_back_and_who_was_put_out_does_not(livekit_page, reason, times):
    livekit_page.clock.install()

    livekit_page.evaluate(f"window.room.tell('Disconnected', {reason})")
    livekit_page.clock.run_for(5000)

    assert livekit_page.evaluate("window.room.connected.length") == times


def test_another_page_is_not_opened_to_the_service(come):
    with FakeDaily() as service:
        page, visit = come(service)
        room = page.request.get(page.url).headers["content-security-policy"]

        door = page.request.get(visit.get_absolute_url())

        assert service.origin in room
        assert service.origin not in door.headers["content-security-policy"]
        assert "camera=()" in door.headers["permissions-policy"]
