"""Services that are slow, busy, broken, gone or somebody else; wrong keys, clocks and addresses."""

import json
import logging
import socket
from dataclasses import replace
from datetime import timedelta

import httpx
import pytest

from clinic.errors import RuleViolation
from televisit.providers import Account, Room, errors, http
from televisit.providers.daily import Daily
from televisit.providers.livekit import LiveKit

from .fakes import CALLED, FakeDaily, FakeHms, FakeLiveKit, FakeOpenTok, FakeVonage
from .fakes.server import GARBAGE, MOODS
from .rooms import PATIENT, an_order, entry


def with_credentials(service, **credentials):
    account = service.account
    return service.provider(replace(account, credentials={**account.credentials, **credentials}))


@pytest.mark.parametrize(
    ("mood", "error", "is_transient"),
    [
        ("429", errors.RateLimited, True),
        ("500", errors.Unreachable, True),
        ("hangs up", errors.Unreachable, True),
        ("elsewhere", errors.BadAnswer, True),
        ("huge", errors.BadAnswer, True),
    ],
)
def test_a_service_in_trouble_is_said_to_be(service, provider, mood, error, is_transient):
    service.mood = mood

    with pytest.raises(error) as caught:
        provider.check()

    assert caught.value.is_transient is is_transient
    assert isinstance(caught.value, RuleViolation)


@pytest.mark.parametrize("service", CALLED, indirect=True)
@pytest.mark.parametrize("mood", ["garbage", "wrong shape", "deep"])
def test_an_answer_that_makes_no_sense_makes_no_room(service, provider, mood):
    service.mood = mood

    with pytest.raises(errors.BadAnswer):
        provider.create_room(an_order())


@pytest.mark.parametrize("name", ["a\x00b", "half of \ud83d", "x" * 300, "line\nline"])
def test_a_name_that_cannot_be_kept_makes_no_room(monkeypatch, name):
    with FakeDaily() as service:
        monkeypatch.setitem(MOODS, "odd", (200, json.dumps({"name": name, "url": "https://x.daily.co/a"}).encode()))
        service.mood = "odd"

        with pytest.raises(errors.BadAnswer):
            service.provider(service.account).create_room(an_order())


def test_an_address_that_would_widen_the_policy_makes_none():
    room = Room("visit-1", "https://x.daily.co;script-src https://other.example.org/visit-1")

    with pytest.raises(errors.BadAnswer):
        Daily(Account({"api_key": "k"})).policy(room)


def test_a_busy_service_is_asked_three_times_with_longer_pauses(service, provider, loopback):
    service.mood = "429"

    with pytest.raises(errors.RateLimited):
        provider.check()

    assert len(service.calls) == 3
    assert loopback == sorted(loopback)
    assert len(loopback) == 2


def test_a_service_that_recovers_has_done_what_was_asked(loopback, monkeypatch):
    with FakeDaily() as service:
        service.mood = "500"
        monkeypatch.setattr(http, "pause", lambda _seconds: setattr(service, "mood", ""))

        room = service.provider(service.account).create_room(an_order())

    assert room.name == an_order().name


def test_a_slow_service_is_given_up_at_once(service, provider, monkeypatch, loopback):
    monkeypatch.setattr(http, "TIMEOUT", httpx.Timeout(0.2))
    service.mood = "slow"

    with pytest.raises(errors.Unreachable):
        provider.check()

    assert loopback == []


def test_a_service_that_trickles_is_given_up(service, provider, monkeypatch):
    monkeypatch.setattr(http, "WHOLE_CALL_SECONDS", -1.0)

    with pytest.raises(errors.Unreachable):
        provider.check()


def test_a_service_that_is_down_is_unreachable(service):
    with socket.socket() as closed:
        closed.bind(("127.0.0.1", 0))
        account = replace(service.account, base_url=f"http://127.0.0.1:{closed.getsockname()[1]}")

        with pytest.raises(errors.Unreachable):
            service.provider(account).check()


@pytest.mark.parametrize(
    ("fake", "wrong"),
    [
        (FakeDaily, {"api_key": "key-of-another-domain"}),
        (FakeHms, {"app_secret": "another-secret-of-more-than-thirty-two-letters"}),
        (FakeHms, {"access_key": "that-of-the-test-environment"}),
        (FakeOpenTok, {"api_secret": "another-secret-of-more-than-thirty-two-letters"}),
        (FakeOpenTok, {"api_key": "4567890"}),
        (FakeVonage, {"application_id": "another-application"}),
        (FakeLiveKit, {"api_key": "APIother"}),
        (FakeLiveKit, {"api_secret": "another-secret-of-more-than-thirty-two-letters"}),
    ],
)
def test_a_wrong_key_is_said_to_be_one(fake, wrong, loopback):
    with fake() as service:
        provider = with_credentials(service, **wrong)

        with pytest.raises(errors.RefusedCredentials) as caught:
            provider.check()

    assert not caught.value.is_transient
    assert "key" in str(caught.value)
    assert all(value not in str(caught.value) for value in wrong.values())
    assert loopback == []


@pytest.mark.parametrize("service", CALLED, indirect=True)
@pytest.mark.parametrize("minutes", [-10, 10])
def test_a_clock_that_is_ten_minutes_off_is_said_to_be(service, provider, minutes):
    service.clock = timedelta(minutes=minutes)

    with pytest.raises(errors.WrongClock):
        provider.check()


@pytest.mark.parametrize(
    "address",
    [
        "http://video.example.org",
        "http://10.0.0.1",
        "http://127.0.0.1.example.org",
        "ftp://127.0.0.1",
        "https://",
        "https://key@video.example.org",
        "https://video.example.org/?a=b",
        "https://video.example.org:none",
        "https://[video",
        "https://video.example.org;script-src *",
        "https://video.example.org,other.example.org",
        "https://video.example.org/;script-src *",
        'https://video.example.org"',
        "https://video.example.org\n",
        "video.example.org",
    ],
)
def test_only_an_https_address_is_called(address):
    provider = LiveKit(Account({"api_key": "k", "api_secret": "s" * 32}, base_url=address))

    with pytest.raises(errors.BadAccount):
        provider.check()


def test_without_the_setting_this_machine_is_no_exception(service, provider, settings):
    settings.VIDEO_HTTP_ON_LOOPBACK = False

    with pytest.raises(errors.BadAccount):
        provider.check()

    assert service.calls == []


@pytest.mark.parametrize(
    ("wrong", "words"),
    [
        ({"template_id": "template-2"}, "template"),
        ({"host_role": "owner"}, "owner"),
        ({"guest_role": "viewer"}, "viewer"),
        ({"site": "http://clinic.example.org"}, "https"),
    ],
)
def test_the_check_of_100ms_says_what_does_not_fit(wrong, words):
    with FakeHms() as service, pytest.raises(errors.BadAccount, match=words):
        with_credentials(service, **wrong).check()


@pytest.mark.parametrize("key", ["", "not a key", "-----BEGIN PRIVATE KEY-----\nAAAA\n-----END PRIVATE KEY-----"])
def test_a_private_key_that_is_none_is_said_to_be(key):
    with FakeVonage() as service, pytest.raises(errors.BadAccount, match="private key"):
        with_credentials(service, private_key=key).check()


def test_what_a_service_says_is_wrong_is_passed_on():
    with FakeHms() as service:
        provider = service.provider(replace(service.account, region="moon"))

        with pytest.raises(http.Refused, match="region not supported"):
            provider.create_room(an_order())


@pytest.mark.parametrize("body", [GARBAGE, b"[]", b"", b"{}", b"[" * 10_000])
def test_a_refusal_in_other_words_is_not_passed_on(monkeypatch, body):
    with FakeHms() as service:
        monkeypatch.setitem(MOODS, "400", (400, body))
        service.mood = "400"

        with pytest.raises(http.Refused) as caught:
            service.provider(service.account).check()

    assert str(caught.value) == str(http.Refused.message)


def test_of_a_refusal_only_what_can_be_kept_is_passed_on(monkeypatch):
    with FakeHms() as service:
        monkeypatch.setitem(MOODS, "400", (400, json.dumps({"message": "bad\x00 \ud83dname"}).encode()))
        service.mood = "400"

        with pytest.raises(http.Refused, match="bad name"):
            service.provider(service.account).check()


@pytest.mark.parametrize("service", CALLED, indirect=True)
def test_keys_and_tokens_are_not_logged(service, provider, caplog):
    caplog.set_level(logging.INFO)
    hidden = [
        service.given_credentials()[field.name] for field in service.provider.credential_fields if field.is_secret
    ]

    provider.check()
    given = entry(provider, provider.create_room(an_order()), PATIENT)

    assert hidden
    assert all(secret not in caplog.text for secret in [*hidden, given.token])
