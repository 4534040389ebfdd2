"""A session that somebody else has planted never becomes that of who signs in."""

import pytest
from allauth.account.models import EmailAddress
from allauth.mfa.totp.internal.auth import TOTP
from django.conf import settings
from django.contrib.sessions.models import Session
from django.test import Client
from django.urls import reverse

from clinic.people.tests.factories import PASSWORD, UserFactory
from clinic.people.tests.test_second_factor import SECRET, code_now

pytestmark = pytest.mark.django_db
COOKIE = settings.SESSION_COOKIE_NAME


@pytest.fixture
def user():
    user = UserFactory(email="ana@example.org", password=PASSWORD)
    EmailAddress.objects.create(user=user, email=user.email, verified=True, primary=True)
    return user


def sign_in(client, user):
    return client.post(reverse("account_login"), {"login": user.email, "password": PASSWORD})


def is_somebody(key) -> bool:
    client = Client()
    client.cookies[COOKIE] = key
    return client.get(reverse("usersessions_list")).status_code == 200


def planted() -> str:
    """The key of a session that a stranger has opened."""
    stranger = Client()
    session = stranger.session
    session["hold"] = "x"
    session.save()
    return session.session_key


def test_a_planted_session_stays_nobodys(client, user):
    key = planted()
    client.cookies[COOKIE] = key

    sign_in(client, user)

    assert client.cookies[COOKIE].value != key
    assert not Session.objects.filter(session_key=key).exists()
    assert not is_somebody(key)


@pytest.mark.parametrize("key", ["a" * 32, "x", "../../evil", "'; DROP TABLE"])
def test_a_made_up_name_is_never_taken_over(client, user, key):
    client.cookies[COOKIE] = key

    sign_in(client, user)

    assert client.cookies[COOKIE].value != key
    assert not is_somebody(key)


def test_the_name_changes_at_the_second_step_too(client, user):
    TOTP.activate(user, SECRET)
    sign_in(client, user)
    between = client.cookies[COOKIE].value

    client.post(reverse("mfa_authenticate"), {"code": code_now()})

    assert client.session["_auth_user_id"] == str(user.pk)
    assert not is_somebody(between)


def test_signing_out_leaves_nothing_of_the_session(client, user):
    sign_in(client, user)
    key = client.cookies[COOKIE].value

    client.post(reverse("account_logout"))

    assert not is_somebody(key)


def test_who_signs_in_over_another_gets_nothing_of_theirs(client, user):
    other = UserFactory()
    client.force_login(other)
    session = client.session
    session["hold"] = "theirs"
    session.save()

    client.force_login(user)

    assert "hold" not in client.session
