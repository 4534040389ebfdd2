"""Tries at somebody's account use up the room of who tries, not the owner's."""

import pytest
from allauth.account.models import EmailAddress
from django.core import mail
from django.test import Client
from django.urls import reverse

from clinic.people.tests.factories import PASSWORD, UserFactory

pytestmark = pytest.mark.django_db
OWNER, STRANGER = "192.0.2.7", "198.51.100.1"


@pytest.fixture
def user():
    user = UserFactory(email="ana@example.org", password=PASSWORD)
    EmailAddress.objects.create(user=user, email=user.email, verified=True, primary=True)
    return user


def sign_in(client, password=PASSWORD, *, address=OWNER, email="ana@example.org"):
    """Whether it signed in."""
    client.post(reverse("account_login"), {"login": email, "password": password}, REMOTE_ADDR=address)
    return client.session.get("_auth_user_id") is not None


def guess(times, *, addresses=(STRANGER,), email="ana@example.org"):
    for number in range(times):
        sign_in(Client(), f"wrong-password-{number}", address=addresses[number % len(addresses)], email=email)


def known_browser():
    browser = Client()
    assert sign_in(browser)
    browser.post(reverse("account_logout"))
    return browser


def ask_for_code(client, *, address=OWNER):
    answer = client.post(reverse("account_request_login_code"), {"email": "ana@example.org"}, REMOTE_ADDR=address)
    return answer.status_code


def test_a_stranger_locks_nobody_out(user):
    guess(8)

    assert sign_in(Client())
    assert not sign_in(Client(), address=STRANGER)


def test_many_strangers_do_not_close_a_known_browser(user):
    browser = known_browser()
    guess(110, addresses=[f"198.51.100.{number}" for number in range(100)])

    assert not sign_in(Client(), address="203.0.113.9")
    assert sign_in(browser, address="203.0.113.9")


def test_a_stranger_behind_the_same_address_does_not_close_a_known_browser(user):
    browser = known_browser()
    for number in range(12):
        guess(1, addresses=[OWNER], email=f"somebody{number}@example.org")

    assert not sign_in(Client())
    assert sign_in(browser)


def test_a_known_browser_has_its_own_few_tries(user):
    browser = known_browser()
    for _try in range(5):
        sign_in(browser, "wrong-password-1", address="203.0.113.9")

    assert not sign_in(browser, address="203.0.113.9")


def test_one_address_cannot_go_through_all_accounts(user):
    for number in range(10):
        guess(1, email=f"somebody{number}@example.org")

    assert not sign_in(Client(), address=STRANGER)


def test_signing_in_rightly_uses_up_nothing(user):
    assert all(sign_in(Client()) for _time in range(12))


@pytest.mark.parametrize("cookie", ["", "nonsense", "eyJuYW1lIjoieCIsImFjY291bnRzIjpbXX0:x:y"])
def test_a_made_up_device_is_no_known_one(user, cookie):
    browser = Client()
    browser.cookies["device"] = cookie
    guess(8, addresses=[OWNER])

    assert not sign_in(browser)


def test_the_device_says_nothing_of_the_account_and_scripts_cannot_read_it(user):
    cookie = known_browser().cookies["device"]

    assert "ana" not in cookie.value
    assert cookie["httponly"]


def test_a_stranger_cannot_keep_somebody_from_their_codes(user):
    asked = [ask_for_code(Client(), address=STRANGER) for _time in range(7)]

    assert asked == [302] * 5 + [429] * 2
    assert ask_for_code(Client()) == 302


def test_a_mailbox_is_not_flooded_from_many_addresses(user):
    browser = known_browser()
    mail.outbox.clear()
    for number in range(40):
        ask_for_code(Client(), address=f"198.51.100.{number}")

    assert len(mail.outbox) == 30
    assert ask_for_code(browser) == 302


@pytest.mark.parametrize("email", ["ana@example.org", "nobody@example.org"])
def test_the_limit_does_not_tell_whether_there_is_an_account(user, email):
    client = Client()
    answers = [client.post(reverse("account_reset_password"), {"email": email}).status_code for _time in range(6)]

    assert answers == [302] * 5 + [429]


@pytest.mark.parametrize("where", [{"REMOTE_ADDR": ""}, {"REMOTE_ADDR": "", "HTTP_X_FORWARDED_FOR": OWNER}])
def test_on_a_unix_socket_people_sign_in_too(user, settings, where):
    settings.ALLAUTH_TRUSTED_PROXY_COUNT = len(where) - 1
    client = Client()

    client.post(reverse("account_login"), {"login": user.email, "password": PASSWORD}, **where)

    assert client.session["_auth_user_id"] == str(user.pk)
    assert client.get(reverse("usersessions_list"), **where).status_code == 200


def test_on_a_unix_socket_the_proxy_tells_strangers_from_owners(user, settings):
    settings.ALLAUTH_TRUSTED_PROXY_COUNT = 1
    login = reverse("account_login")
    stranger, owner = ({"REMOTE_ADDR": "", "HTTP_X_FORWARDED_FOR": address} for address in (STRANGER, OWNER))
    for _try in range(8):
        Client().post(login, {"login": user.email, "password": "wrong-password-1"}, **stranger)

    client = Client()
    client.post(login, {"login": user.email, "password": PASSWORD}, **owner)

    assert client.session["_auth_user_id"] == str(user.pk)
