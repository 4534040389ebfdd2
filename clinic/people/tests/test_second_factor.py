"""The second step of signing in: who must, how it is set up and taken, and what stays closed without it."""

import re
from xml.etree import ElementTree as ET

import pytest
import time_machine
from allauth.account.models import EmailAddress
from allauth.mfa.models import Authenticator
from allauth.mfa.recovery_codes.internal.auth import RecoveryCodes
from allauth.mfa.totp.internal.auth import TOTP, format_hotp_value, hotp_value, yield_hotp_counters_from_time
from django.core import mail
from django.test import Client
from django.urls import reverse

from clinic.notices.models import Notice
from clinic.people.tests.factories import PASSWORD, DoctorFactory, PatientFactory, StaffFactory, UserFactory

pytestmark = pytest.mark.django_db(transaction=True)  # allauth tells of a new app once it is committed

SECRET = "JBSWY3DPEHPK3PXPJBSWY3DPEHPK3PXP"
PEOPLE = {
    "patient": lambda **user: PatientFactory(user=UserFactory(**user)).user,
    "doctor": lambda **user: DoctorFactory(user=UserFactory(**user)).user,
    "staff": StaffFactory,
}


@pytest.fixture(autouse=True)
def production(settings):
    settings.SECOND_FACTOR_REQUIRED = True


def person(role="doctor", *, app=False):
    """Somebody with a password and a proven address; with an app for codes if asked for."""
    user = PEOPLE[role](password=PASSWORD)
    EmailAddress.objects.create(user=user, email=user.email, verified=True, primary=True)
    if app:
        TOTP.activate(user, SECRET)
        RecoveryCodes.activate(user)
    return user


def code_now(secret=SECRET):
    return format_hotp_value(hotp_value(secret, list(yield_hotp_counters_from_time())[1]))


def sign_in(client, user):
    return client.post(reverse("account_login"), {"login": user.email, "password": PASSWORD})


def home_of(client):
    return client.get(reverse("home"), follow=True).redirect_chain[-1][0]


@pytest.mark.parametrize("role", ["doctor", "staff"])
def test_who_works_with_records_of_others_comes_no_further_without_it(client, role):
    sign_in(client, person(role))

    assert home_of(client) == reverse("mfa_index")
    assert client.get(reverse("admin:index")).url == reverse("mfa_index")
    assert client.get("/api/v1/appointments/").json()["code"] == "second_factor_needed"


def test_patients_are_not_made_to(client):
    sign_in(client, person("patient"))

    assert home_of(client) == reverse("appointments:list")


def test_the_demo_does_not_ask_for_it(client, settings):
    settings.SECOND_FACTOR_REQUIRED = False

    sign_in(client, person("doctor"))

    assert home_of(client) == reverse("doctor:today")


def test_with_an_app_set_up_everything_opens(client):
    sign_in(client, person("doctor"))

    page = client.get(reverse("mfa_activate_totp"))
    secret = page.context["form"].secret
    answer = client.post(reverse("mfa_activate_totp"), {"code": code_now(secret)})

    assert answer.url == reverse("mfa_view_recovery_codes")
    assert home_of(client) == reverse("doctor:today")


def test_the_app_scans_a_picture_of_its_own_and_no_data_address(client):
    sign_in(client, person("doctor"))

    page = client.get(reverse("mfa_activate_totp"))
    picture = client.get(reverse("totp-qr"))

    assert "data:" not in page.content.decode()
    assert ET.fromstring(picture.content).tag == "{http://www.w3.org/2000/svg}svg"
    assert (picture["Content-Type"], picture["Cache-Control"]) == ("image/svg+xml", "private, no-store")


def test_the_secret_is_stored_encrypted(client):
    user = person(app=True)

    assert SECRET not in str(Authenticator.objects.get(user=user, type="totp").data)


def test_signing_in_asks_for_the_code(client):
    user = person(app=True)

    first = sign_in(client, user)
    before = home_of(client)
    second = client.post(reverse("mfa_authenticate"), {"code": code_now()})

    assert (first.url, second.url) == (reverse("mfa_authenticate"), reverse("home"))
    assert before == reverse("mfa_authenticate")
    assert home_of(client) == reverse("doctor:today")


def test_a_code_is_good_once(client):
    user = person(app=True)
    sign_in(client, user)
    code = code_now()
    client.post(reverse("mfa_authenticate"), {"code": code})

    other = Client()
    sign_in(other, user)
    refused = other.post(reverse("mfa_authenticate"), {"code": code})

    assert "not right" in str(refused.context["form"].errors)


def test_codes_cannot_be_guessed(client):
    sign_in(client, person(app=True))
    for _try in range(5):
        client.post(reverse("mfa_authenticate"), {"code": "000000"})

    refused = client.post(reverse("mfa_authenticate"), {"code": code_now()})

    assert "Too many" in str(refused.context["form"].errors)


def test_a_recovery_code_stands_in_once(client):
    user = person(app=True)
    code = Authenticator.objects.get(user=user, type="recovery_codes").wrap().get_unused_codes()[0]
    for browser, expected in ((client, 302), (Client(), 200)):
        sign_in(browser, user)
        assert browser.post(reverse("mfa_authenticate"), {"code": code}).status_code == expected


def test_an_emailed_code_does_not_go_around_it(client):
    user = person(app=True)
    client.post(reverse("account_request_login_code"), {"email": user.email})
    code = re.search(r"^\s*([A-Z0-9]{3,4}-?[A-Z0-9]{3,4})\s*$", mail.outbox[-1].body, re.MULTILINE)[1]

    answer = client.post(reverse("account_confirm_login_code"), {"code": code})

    assert answer.url == reverse("mfa_authenticate")


def test_removing_the_last_one_closes_everything_again(client):
    user = person(app=True)
    sign_in(client, user)
    client.post(reverse("mfa_authenticate"), {"code": code_now()})

    client.post(reverse("mfa_deactivate_totp"))

    assert not Authenticator.objects.filter(user=user).exists()
    assert home_of(client) == reverse("mfa_index")


@pytest.mark.parametrize("page", ["mfa_activate_totp", "mfa_add_webauthn", "mfa_generate_recovery_codes", "totp-qr"])
def test_changing_it_asks_again_who_one_is_some_time_after_signing_in(client, page):
    with time_machine.travel("2026-11-20 08:00Z", tick=False) as clock:
        user = person("patient")
        sign_in(client, user)
        fresh = client.get(reverse(page))
        clock.shift(601)
        later = client.get(reverse(page))

    assert fresh.status_code == 200
    assert later.url == f"{reverse('account_reauthenticate')}?next={reverse(page).replace('/', '%2F')}"


@pytest.mark.parametrize(
    ("asks", "proof"),
    [("account_reauthenticate", lambda: {"password": PASSWORD}), ("mfa_reauthenticate", lambda: {"code": code_now()})],
)
def test_password_or_code_is_proof_enough_and_each_page_names_the_other_way(client, asks, proof):
    with time_machine.travel("2026-11-20 08:00Z", tick=False) as clock:
        sign_in(client, person("patient", app=True))
        client.post(reverse("mfa_authenticate"), {"code": code_now()})
        clock.shift(601)
        page = client.get(reverse(asks), {"next": "/settings/"})
        passed = client.post(reverse(asks), {**proof(), "next": "/settings/"})

    other = {"account_reauthenticate", "mfa_reauthenticate"} - {asks}
    assert [f'action="{reverse(asks)}"' in page.content.decode(), reverse(*other) in page.content.decode()] == [
        True
    ] * 2
    assert passed.url == "/settings/"


@pytest.mark.parametrize("path", ["/settings/tokens/", "/accounts/password/set/", "/admin/people/user/add/"])
def test_handing_out_keys_and_rights_asks_again_too(client, path, settings):
    settings.SECOND_FACTOR_REQUIRED = False
    with time_machine.travel("2026-11-20 08:00Z", tick=False) as clock:
        sign_in(client, person("staff"))
        clock.shift(601)
        asked = client.post(path, {})

    assert asked.url.startswith(reverse("account_reauthenticate"))


def test_who_has_no_password_signs_in_anew_by_code(client):
    with time_machine.travel("2026-11-20 08:00Z", tick=False) as clock:
        client.force_login(UserFactory())
        fresh = client.get(reverse("mfa_activate_totp"))
        clock.shift(601)
        later = client.get(reverse("mfa_activate_totp"), follow=True)

    assert fresh.status_code == 200
    assert later.redirect_chain[0][0].startswith(reverse("sign-in-again"))
    assert "/accounts/login/code/?next=%2Faccounts%2F2fa%2Ftotp%2Factivate%2F" in later.content.decode()


def test_changes_are_told_once_and_nothing_else_is_mailed(client):
    user = person("doctor")
    sign_in(client, user)
    mail.outbox.clear()

    client.post(
        reverse("mfa_activate_totp"),
        {"code": code_now(client.get(reverse("mfa_activate_totp")).context["form"].secret)},
    )

    assert Notice.objects.filter(recipient=user, kind="second_factor").count() == 1
    assert not [message for message in mail.outbox if "uthenticator" in message.subject]


LOGIN = "/_allauth/app/v1/auth/login"


def call(client, path, body, token=""):
    headers = {"x-session-token": token} if token else {}
    return client.post(path, body, content_type="application/json", headers=headers)


def test_a_program_of_a_doctor_gets_nothing_before_the_second_step(client):
    user = person("doctor")
    token = call(client, LOGIN, {"email": user.email, "password": PASSWORD}).json()["meta"]["session_token"]

    answer = client.get("/api/v1/appointments/", headers={"x-session-token": token})

    assert (answer.status_code, answer.json()["code"]) == (403, "second_factor_needed")


def test_a_program_takes_the_second_step_too(client):
    user = person("doctor", app=True)
    pending = call(client, LOGIN, {"email": user.email, "password": PASSWORD})
    token = pending.json()["meta"]["session_token"]
    done = call(client, "/_allauth/app/v1/auth/2fa/authenticate", {"code": code_now()}, token)

    token = done.json()["meta"]["session_token"]

    assert pending.status_code == 401
    assert client.get("/api/v1/appointments/", headers={"x-session-token": token}).status_code == 200
