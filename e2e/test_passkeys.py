"""A doctor must take a second step: sets up a passkey, and from then on signs in with it alone."""

import pytest
from allauth.account.models import EmailAddress
from django.conf import global_settings
from playwright.sync_api import Page, expect

from clinic.people.tests.factories import PASSWORD, DoctorFactory, UserFactory
from e2e.conftest import running_portal

DEVICE = {
    "protocol": "ctap2",
    "transport": "internal",
    "hasResidentKey": True,
    "hasUserVerification": True,
    "isUserVerified": True,
    "automaticPresenceSimulation": True,
}


@pytest.fixture(scope="module")
def strict_portal(database):
    """One that asks for the second step, under a name: browsers give no passkeys to bare addresses."""
    with running_portal(SECOND_FACTOR_REQUIRED="1", ALLOWED_HOSTS="127.0.0.1,localhost") as address:
        yield address.replace("127.0.0.1", "localhost")


@pytest.fixture
def doctor(settings):
    settings.PASSWORD_HASHERS = global_settings.PASSWORD_HASHERS  # as the portal's process has them
    doctor = DoctorFactory(user=UserFactory(password=PASSWORD))
    EmailAddress.objects.create(user=doctor.user, email=doctor.user.email, verified=True, primary=True)
    return doctor


def with_passkeys(page: Page) -> Page:
    session = page.context.new_cdp_session(page)
    session.send("WebAuthn.enable")
    session.send("WebAuthn.addVirtualAuthenticator", {"options": DEVICE})
    return page


def test_a_doctor_sets_up_a_passkey_and_signs_in_with_it(visitor, strict_portal, doctor):
    page = with_passkeys(visitor(base_url=strict_portal).new_page())

    page.goto("/accounts/login/")
    page.get_by_label("Email", exact=True).fill(doctor.user.email)
    page.get_by_label("Password").fill(PASSWORD)
    page.get_by_role("button", name="Sign in", exact=True).click()
    expect(page.get_by_text("your account needs a second step")).to_be_visible()

    page.get_by_role("link", name="Set up a passkey").click()
    page.get_by_role("button", name="Make the passkey").click()
    expect(page.get_by_role("heading", name="Recovery codes")).to_be_visible()
    page.get_by_role("link", name="Done").click()
    expect(page).to_have_url(f"{strict_portal}/doctor/")

    page.context.clear_cookies()
    page.goto("/accounts/login/?next=/settings/")
    page.get_by_role("button", name="Use a passkey").click()
    expect(page).to_have_url(f"{strict_portal}/settings/")
