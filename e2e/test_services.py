"""The rooms of video services in the visit's page: they load under our policy, and nothing else does."""

import pytest
from playwright.sync_api import expect

from e2e.conftest import running_portal
from e2e.rooms import join_as_doctor
from televisit.tests.factories import a_visit_at
from televisit.tests.providers.fakes import FakeDaily, FakeEmbed, FakeHms, FakeLiveKit, FakeOpenTok, FakeVonage

NOTE_VIOLATIONS = """
window.violations = [];
addEventListener("securitypolicyviolation", ({ effectiveDirective, blockedURI }) =>
  window.violations.push(`${effectiveDirective} ${blockedURI}`));
"""


@pytest.fixture(scope="module")
def portal(database):
    """One that may speak to services on this machine."""
    with running_portal(VIDEO_HTTP_ON_LOOPBACK="true") as address:
        yield address


@pytest.fixture
def come(visitor):
    """Goes into the room of a new visit at a service, as its doctor."""

    def into_room(fake):
        visit = a_visit_at(fake)
        context = visitor(visit.host.user)
        context.add_init_script(NOTE_VIOLATIONS)
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


def test_another_page_is_not_opened_to_the_service(come):
    with FakeDaily() as service:
        page, visit = come(service)
        room = page.request.get(page.url).headers["content-security-policy"]

        door = page.request.get(visit.get_absolute_url())

        assert service.origin in room
        assert service.origin not in door.headers["content-security-policy"]
        assert "camera=()" in door.headers["permissions-policy"]
