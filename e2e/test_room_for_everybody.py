"""Every state of the room, on a phone and on a desk, light and dark, is usable by everybody."""

import pytest
from playwright.sync_api import Page, expect

from clinic.loopback import switch_loopback
from clinic.testing import network
from e2e.axe import is_for_everybody
from e2e.rooms import admit, come_to_the_waiting_room, join_as_doctor, receives_picture_and_sound

PHONE = {"viewport": {"width": 390, "height": 844}, "is_mobile": True, "has_touch": True}
DESK = {"viewport": {"width": 1280, "height": 800}}
VIEWS = {
    "patient on a phone": (PHONE | {"color_scheme": "light"}, DESK | {"color_scheme": "light"}),
    "doctor on a phone": (DESK | {"color_scheme": "dark"}, PHONE | {"color_scheme": "dark"}),
}


@pytest.fixture(params=VIEWS.values(), ids=list(VIEWS))
def contexts(request, visitor, visit):
    ours, theirs = request.param
    return visitor(visit.appointment.patient.user, **ours), visitor(visit.host.user, **theirs)


@pytest.fixture
def both(contexts, visit):
    """The patient waits, and the doctor is in the room."""
    patient, doctor = contexts
    return come_to_the_waiting_room(patient, visit), join_as_doctor(doctor, visit)


@pytest.fixture
def call(both):
    """Both are in the room."""
    admit(both[1])
    for page in both:
        receives_picture_and_sound(page)
    return both


def test_waiting_and_knocking(both):
    guest, host = both
    expect(guest.get_by_text("is in the room and will let you in").first).to_be_visible()
    expect(host.get_by_role("button", name="Admit")).to_be_visible()

    for page in both:
        is_for_everybody(page)


def test_call_with_each_panel(call):
    for page in call:
        expect(page.get_by_role("textbox", name="Message")).to_be_visible()
        is_for_everybody(page)
        for tab in page.get_by_role("tab").all():
            tab.click()
            expect(page.locator("[role=tabpanel]:visible :is(p, label, textarea)").first).to_be_visible()
            is_for_everybody(page)
        page.locator("#side-toggle").click()
        is_for_everybody(page)


def test_dialogs(call):
    guest, host = call
    for page, opener in ((guest, "#settings"), (guest, "#leave"), (host, "#leave")):
        opens_for_everybody(page, opener)
    for dialog in ("time-dialog", "phone-dialog"):
        opens_for_everybody(host, f".room-top [data-dialog={dialog}]")


def test_notices(call):
    """As many as a bad day can bring, one over the other."""
    for page in call:
        page.evaluate(
            """() => { for (const notice of document.querySelectorAll(".stage-notices > *")) {
                 notice.hidden = false;
                 const words = notice.querySelector("[data-text]");
                 if (words) words.textContent ||= "Something is said about the line, and what to do.";
               } }"""
        )
        is_for_everybody(page)


def test_line_that_is_out(call, request):
    if request.config.stash.get(network, "") != "nothing but loopback":
        pytest.skip("without a network of our own there is nothing to cut")
    request.addfinalizer(lambda: switch_loopback(is_on=True))
    switch_loopback(is_on=False)

    for page in call:
        expect(page.locator("[data-connection]")).to_have_text("Reconnecting")
        expect(page.locator("[data-offline]")).to_be_visible()
        is_for_everybody(page)


def test_ends(call, contexts, visit):
    guest, host = call
    newer = contexts[0].new_page()
    newer.goto(f"{visit.get_absolute_url()}room/")
    expect(guest.get_by_role("heading", name="You joined in another window")).to_be_visible()
    is_for_everybody(guest)

    if (tab := host.get_by_role("tab", name="Patient")).is_visible():
        tab.click()
    host.get_by_role("button", name="Remove from the visit").click()
    host.get_by_role("dialog").get_by_role("button", name="Remove").click()
    expect(newer.get_by_role("heading", name="You are no longer in the visit")).to_be_visible()
    is_for_everybody(newer)

    host.get_by_role("link", name="Leave").click()
    host.get_by_role("button", name="End the visit for everybody").click()
    expect(host.get_by_role("heading", name="The visit is over")).to_be_visible()
    is_for_everybody(host)


def opens_for_everybody(page: Page, opener: str) -> None:
    page.locator(opener).click()
    dialog = page.locator("dialog[open]")
    expect(dialog).to_be_visible()
    expect(dialog.get_by_text("Loading", exact=True)).to_have_count(0)
    is_for_everybody(page)
    page.keyboard.press("Escape")
    expect(dialog).to_have_count(0)
