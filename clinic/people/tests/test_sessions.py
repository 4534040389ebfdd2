"""People see where they are signed in, and end it."""

from datetime import timedelta

import pytest
import time_machine
from allauth.usersessions.models import UserSession
from django.core.cache import caches
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from clinic.people.sessions import end_sessions_of, sessions_of
from clinic.people.tests.factories import PASSWORD, DoctorFactory, StaffFactory, UserFactory

pytestmark = pytest.mark.django_db
PAGE = "/accounts/sessions/"


@pytest.fixture
def user():
    return UserFactory(password=PASSWORD)


def signed_in(user, browser="Firefox/140.0 Windows") -> Client:
    """A browser of the user's, that has opened a page."""
    client = Client(headers={"user-agent": browser})
    client.force_login(user)
    client.get(PAGE)
    return client


def is_signed_in(client) -> bool:
    return client.get(PAGE).status_code == 200


def number_of(client) -> int:
    return UserSession.objects.get(session_key=client.session.session_key).pk


def signed_in_after(user, *hours) -> list[bool]:
    """Whether a browser of the user's is, having been used after each of these pauses."""
    client, at = signed_in(user), timezone.now()
    seen = []
    for pause in hours:
        at += timedelta(hours=pause)
        with time_machine.travel(at, tick=False):
            seen.append(is_signed_in(client))
    return seen


@pytest.mark.parametrize("who", [lambda: DoctorFactory().user, StaffFactory])
def test_doctors_and_staff_are_signed_out_where_they_open_nothing_for_long(who):
    assert signed_in_after(who(), 11, 11, 11, 13) == [True, True, True, False]


def test_patients_stay_signed_in(user):
    assert signed_in_after(user, 13, 13) == [True, True]


def test_all_browsers_are_listed_and_this_one_is_marked(user):
    here = signed_in(user, "Firefox/140.0 Windows")
    signed_in(user, "Chrome/140.0 Android")

    page = here.get(PAGE)

    text = page.content.decode()
    assert len(page.context["sessions"]) == 2
    assert "Firefox on Windows" in text
    assert "Sign out of Chrome on Android" in text
    assert text.count("This device") == 1


def test_ending_one_signs_out_that_browser_only(user):
    here, there, elsewhere = signed_in(user), signed_in(user), signed_in(user)

    here.post(PAGE, {"session": number_of(there)})

    assert [is_signed_in(client) for client in (here, there, elsewhere)] == [True, False, True]


def test_ending_all_others_leaves_this_one(user):
    here, there, elsewhere = signed_in(user), signed_in(user), signed_in(user)

    here.post(PAGE)

    assert [is_signed_in(client) for client in (here, there, elsewhere)] == [True, False, False]


@pytest.mark.parametrize("session", ["0", "abc", "-1", "999999999999999999999"])
def test_what_is_no_session_of_mine_cannot_be_ended(user, session):
    here, there = signed_in(user), signed_in(user)

    response = here.post(PAGE, {"session": session})

    assert response.status_code == 404
    assert is_signed_in(there)


def test_nobody_ends_the_session_of_another(user):
    other = signed_in(UserFactory())

    response = signed_in(user).post(PAGE, {"session": number_of(other)})

    assert response.status_code == 404
    assert is_signed_in(other)


def test_a_new_password_ends_all_other_sessions(user):
    here, there = signed_in(user), signed_in(user)

    change = {"oldpassword": PASSWORD, "password1": "another-long-1", "password2": "another-long-1"}
    here.post(reverse("account_change_password"), change)

    assert is_signed_in(here)
    assert len(sessions_of(user.__class__.objects.get(pk=user.pk))) == 1
    assert not is_signed_in(there)


def test_staff_can_sign_somebody_out_everywhere(user):
    clients = [signed_in(user), signed_in(user)]

    end_sessions_of(user)

    assert not any(is_signed_in(client) for client in clients)


def test_a_session_in_use_is_noted_once_a_minute(user):
    client = signed_in(user)
    noted = UserSession.objects.get()

    client.get(PAGE)
    again = UserSession.objects.get()
    caches["process"].clear()
    client.get(PAGE)

    assert again.last_seen_at == noted.last_seen_at
    assert UserSession.objects.get().last_seen_at > noted.last_seen_at


@pytest.mark.parametrize("number", [1, 12])
def test_the_list_takes_two_queries_however_long(user, django_assert_num_queries, number):
    for _browser in range(number):
        signed_in(user)

    with django_assert_num_queries(2):
        found = sessions_of(user)

    assert len(found) == number


def test_the_page_asks_for_a_sign_in(client):
    assert client.get(PAGE).url == f"{reverse('account_login')}?next={PAGE}"
