"""Programs are told how many calls they have left, and turned away when there are none."""

import pytest
from django.test import Client
from rest_framework.throttling import SimpleRateThrottle

from clinic.limits import CallThrottle
from clinic.people.tests.factories import UserFactory

pytestmark = pytest.mark.django_db
NOTICES = "/api/v1/notices/"


@pytest.fixture
def three_calls(monkeypatch):
    monkeypatch.setattr(SimpleRateThrottle, "THROTTLE_RATES", SimpleRateThrottle.THROTTLE_RATES | {"call": "3/min"})


def browser_of(user) -> Client:
    browser = Client()
    browser.force_login(user)
    return browser


def test_each_answer_says_what_is_left(three_calls):
    browser = browser_of(UserFactory())

    left = [browser.get(NOTICES)["RateLimit-Remaining"] for _call in range(3)]

    assert left == ["2", "1", "0"]


def test_one_call_too_many_waits(three_calls):
    browser = browser_of(UserFactory())
    for _call in range(3):
        browser.get(NOTICES)

    refused = browser.get(NOTICES)

    assert (refused.status_code, refused.json()["code"]) == (429, "throttled")
    assert 0 < int(refused["Retry-After"]) <= 60
    assert refused["RateLimit-Remaining"] == "0"


def test_everybody_has_their_own_number_of_calls(three_calls):
    for _call in range(4):
        browser_of(UserFactory()).get(NOTICES)

    assert browser_of(UserFactory()).get(NOTICES).status_code == 200


def test_strangers_share_the_number_of_their_address(three_calls):
    answers = [Client().get("/api/v1/doctors/").status_code for _call in range(4)]

    assert answers == [200, 200, 200, 429]


def test_calls_go_on_uncounted_without_redis(settings):
    settings.REDIS_URL = "redis://127.0.0.1:1/0"

    answer = browser_of(UserFactory()).get(NOTICES)

    assert answer.status_code == 200
    assert "RateLimit-Limit" not in answer


def test_the_rate_is_in_the_settings():
    assert CallThrottle().num_requests == 600
