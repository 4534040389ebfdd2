"""A person's own programs come with a token: hashed, for a part of the API, for a time, and shown once."""

from datetime import timedelta

import pytest
import time_machine
from django.core.cache import caches
from django.test import Client
from django.urls import URLPattern, get_resolver, reverse
from django.utils import timezone

from appointments.tests.factories import AppointmentFactory
from clinic.people.errors import TooManyTokens
from clinic.people.models import ApiToken
from clinic.people.models.tokens import AT_ONCE, PREFIX, Area, Scope
from clinic.people.sessions import shut_out
from clinic.people.tests.factories import PatientFactory, UserFactory

pytestmark = pytest.mark.django_db
PAGE = "/settings/tokens/"
APPOINTMENTS = "/api/v1/appointments/"
NOTICES = "/api/v1/notices/"


@pytest.fixture
def patient():
    return PatientFactory()


@pytest.fixture
def user(patient):
    return patient.user


def make_token(user, *scopes, days=30) -> str:
    at = timezone.now()
    facts = {"scopes": scopes or Scope.values, "expires_at": at + timedelta(days=days), "at": at}
    return ApiToken.objects.make(user, name="A program", **facts)[1]


def call(token, address=APPOINTMENTS, method="get", **options):
    options.setdefault("content_type", "application/json")
    return getattr(Client(), method)(address, headers={"authorization": f"Bearer {token}"}, **options)


def test_a_token_signs_its_user_in(user, patient):
    AppointmentFactory(patient=patient)

    answer = call(make_token(user))

    assert answer.status_code == 200
    assert len(answer.json()["results"]) == 1


@pytest.mark.parametrize("wrong", ["", "wrong", "clinic_", "ä", "a b", "clinic_" + "x" * 5000])
def test_a_wrong_token_is_told_apart_from_none(wrong, db):
    answer = call(wrong)

    assert (answer.status_code, answer.json()["code"]) == (401, "invalid_token")
    assert answer["WWW-Authenticate"] == 'Bearer realm="clinic"'


def test_an_expired_token_opens_nothing(user):
    token = make_token(user, days=1)

    with time_machine.travel(timezone.now() + timedelta(days=1, seconds=1)):
        answer = call(token)

    assert (answer.status_code, answer.json()["code"]) == (401, "invalid_token")


def test_a_revoked_token_opens_nothing(user):
    token = make_token(user)

    ApiToken.objects.of_user(user).revoke(timezone.now())

    assert call(token).status_code == 401


def test_the_tokens_of_a_suspended_account_are_revoked_for_good(user):
    token = make_token(user)
    user.is_active = False
    user.save()
    shut_out(user)

    user.is_active = True
    user.save()

    assert call(token).status_code == 401


def test_the_token_of_an_account_that_may_not_sign_in_opens_nothing(user):
    token = make_token(user)

    type(user).objects.filter(pk=user.pk).update(is_active=False)

    assert call(token).status_code == 401


@pytest.mark.parametrize(
    ("scopes", "address", "method", "status"),
    [
        ([Scope.VISITS_READ], APPOINTMENTS, "get", 200),
        ([Scope.VISITS_READ], APPOINTMENTS, "post", 403),
        ([Scope.VISITS_WRITE], APPOINTMENTS, "get", 403),
        ([Scope.VISITS_WRITE], APPOINTMENTS, "post", 400),
        ([Scope.ACCOUNT_READ], NOTICES, "get", 200),
        ([Scope.RECORD_READ, Scope.FHIR_READ], NOTICES, "get", 403),
        ([Scope.ACCOUNT_READ], f"{NOTICES}read/", "post", 403),
        ([Scope.ACCOUNT_WRITE], f"{NOTICES}read/", "post", 200),
    ],
)
def test_a_token_does_what_it_was_made_for(user, scopes, address, method, status):
    answer = call(make_token(user, *scopes), address, method)

    assert answer.status_code == status
    if status == 403:
        assert answer.json()["code"] == "insufficient_scope"


def test_symptoms_are_for_tokens_that_read_records(user, patient):
    AppointmentFactory(patient=patient, symptoms="Dizzy")

    with_it = call(make_token(user, Scope.VISITS_READ, Scope.RECORD_READ)).json()["results"][0]
    without = call(make_token(user, Scope.VISITS_READ)).json()["results"][0]

    assert (with_it["symptoms"], without["symptoms"]) == ("Dizzy", None)


def test_a_token_is_no_cookie_and_needs_no_csrf(user):
    assert call(make_token(user), f"{NOTICES}read/", "post").status_code == 200
    assert call(make_token(user), "/settings/", "get").status_code == 302


def test_a_token_is_stored_as_a_hash_only(user):
    text = make_token(user)

    row = ApiToken.objects.filter(user=user).values().get()

    assert text.startswith(PREFIX)
    assert not any(text.removeprefix(PREFIX) in str(value) for value in row.values())


def test_its_last_use_is_kept_to_the_minute(user, django_assert_num_queries):
    token = make_token(user)

    call(token)
    first = ApiToken.objects.get().last_used_at
    call(token)
    again = ApiToken.objects.get().last_used_at
    caches["process"].clear()
    call(token)

    assert first is not None
    assert again == first
    assert ApiToken.objects.get().last_used_at > first


def test_nobody_has_more_tokens_than_they_can_look_after(user):
    for _n in range(AT_ONCE):
        make_token(user)

    with pytest.raises(TooManyTokens):
        make_token(user)


def test_the_page_makes_a_token_and_shows_it_once(client, user):
    client.force_login(user)

    answer = client.post(PAGE, {"name": "Room 2", "scopes": ["visits:read"], "days": "30"})

    assert call(answer.context["text"]).status_code == 200
    assert answer.context["text"] in answer.content.decode()
    assert "no-store" in answer["Cache-Control"]
    assert answer.context["text"] not in client.get(PAGE).content.decode()


@pytest.mark.parametrize(
    "wrong",
    [{"name": ""}, {"scopes": []}, {"scopes": ["admin"]}, {"days": "100000"}, {"days": ""}, {"name": "x" * 81}],
)
def test_the_page_says_what_is_wrong(client, user, wrong):
    client.force_login(user)

    answer = client.post(PAGE, {"name": "Room 2", "scopes": ["visits:read"], "days": "30"} | wrong)

    assert answer.context["form"].errors.keys() == wrong.keys()
    assert not ApiToken.objects.exists()


def test_the_page_says_that_there_are_too_many(client, user):
    for _n in range(AT_ONCE):
        make_token(user)
    client.force_login(user)

    answer = client.post(PAGE, {"name": "Room 2", "scopes": ["visits:read"], "days": "30"})

    assert "Revoke one" in answer.content.decode()


def test_the_page_revokes(client, user):
    token = make_token(user)
    client.force_login(user)

    client.post(reverse("settings:revoke-token", args=[ApiToken.objects.get().uid]))

    assert call(token).status_code == 401
    assert "A program" not in client.get(PAGE).content.decode()


def test_nobody_revokes_the_token_of_another(client, user):
    token = make_token(user)
    client.force_login(UserFactory())

    answer = client.post(reverse("settings:revoke-token", args=[ApiToken.objects.get().uid]))

    assert answer.status_code == 404
    assert call(token).status_code == 200


@pytest.mark.parametrize("number", [1, 12])
def test_the_page_takes_as_many_queries_however_many_there_are(client, user, number, django_assert_max_num_queries):
    for _n in range(number):
        make_token(user)
    client.force_login(user)
    client.get(PAGE)

    with django_assert_max_num_queries(5):
        client.get(PAGE)


def api_views() -> dict[str, type]:
    """The class of each API view that asks who calls, by the route's name."""
    resolver = next(each for each in get_resolver().url_patterns if str(each.pattern) == "api/v1/")
    patterns, found = [*resolver.url_patterns], {}
    while patterns:
        each = patterns.pop()
        if isinstance(each, URLPattern):
            found[each.name] = getattr(each.callback, "cls", None)
        else:
            patterns += each.url_patterns
    return {name: view for name, view in found.items() if view is not None and view.authentication_classes}


NOT_FOR_TOKENS = {"tokens", "token"}


def test_every_call_says_to_which_area_it_belongs():
    without = {name for name, view in api_views().items() if getattr(view, "area", None) not in Area.values}

    assert without == NOT_FOR_TOKENS
