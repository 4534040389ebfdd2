"""What services tell us: believed only when they signed it, lately, and in a form that can be read."""

import base64
import json
from dataclasses import replace
from datetime import UTC, datetime, timedelta

import jwt
import pytest

from televisit.providers import Account, Room
from televisit.providers.base import EventKind
from televisit.providers.daily import Daily, signature
from televisit.providers.errors import BadSignature, BadWebhook, NotSupported
from televisit.providers.livekit import LiveKit
from televisit.providers.webhooks import sha256

from .fakes import CALLED, FAKES, FakeDaily, FakeHms, FakeLiveKit, FakeOpenTok
from .rooms import PATIENT, now

ROOM = Room("visit-1", "https://clinic.daily.co/visit-1")
AN_OTHER_SECRET = "another-secret-of-more-than-thirty-two-letters"
DAYS_AGO = timedelta(days=2)
SIGNING = [name for name in CALLED if name != "100ms"]  # which signs nothing, and sends a secret


@pytest.fixture(params=CALLED)
def service(request):
    """Each service that tells us anything, as a fake of it."""
    with FAKES[request.param]() as fake:
        yield fake


@pytest.mark.parametrize("kind", ["started", "ended", "joined", "left"])
def test_what_happened_is_told_in_our_words(service, provider, kind):
    person = PATIENT.uid if kind in {"joined", "left"} else ""

    [event] = provider.parse_webhook(*service.webhook(kind, ROOM, person), at=now())

    assert (event.kind, event.room, event.person_uid) == (EventKind(kind), ROOM.name, person)
    assert abs(event.at - now()) < timedelta(seconds=10)
    assert event.raw_kind
    assert 0 < len(event.key) <= 200


def test_an_event_that_we_do_not_know_is_told_as_another(service, provider):
    [event] = provider.parse_webhook(*service.webhook("unknown", ROOM), at=now())

    assert event.kind == EventKind.OTHER
    assert event.raw_kind


def test_the_same_event_has_the_same_key_and_another_has_another(service, provider):
    at = now()
    sent = [service.webhook("joined", ROOM, PATIENT.uid, at=at, key=key) for key in ("1", "1", "2")]

    first, again, other = [provider.parse_webhook(*message, at=at)[0].key for message in sent]

    assert first == again
    assert first != other


def test_header_names_may_be_written_in_any_case(service, provider):
    headers, body = service.webhook("started", ROOM)

    assert provider.parse_webhook({name.upper(): value for name, value in headers.items()}, body, at=now())
    assert provider.parse_webhook({name.lower(): value for name, value in headers.items()}, body, at=now())


def test_what_another_signed_is_refused(service, provider):
    with pytest.raises(BadSignature):
        provider.parse_webhook(*service.webhook("ended", ROOM, secret=AN_OTHER_SECRET), at=now())


def test_what_nobody_signed_is_refused_before_it_is_read(service, provider):
    for headers in [{}, {"Authorization": ""}, {"Authorization": "Bearer x.y.z"}, {"X-Webhook-Signature": "é"}]:
        with pytest.raises(BadSignature):
            provider.parse_webhook(headers, b"{ this is no JSON", at=now())


def test_nothing_is_believed_while_no_secret_is_filled_in(service):
    names = {"webhook_secret": "", "signature_secret": "", "api_secret": ""}
    provider = service.provider(replace(service.account, credentials=service.given_credentials() | names))
    headers, body = service.webhook("ended", ROOM)

    with pytest.raises(BadSignature):
        provider.parse_webhook(headers, body, at=now())
    with pytest.raises(BadSignature):
        provider.parse_webhook(dict.fromkeys(headers, ""), body, at=now())


def test_a_message_that_was_kept_for_days_is_refused(service, provider):
    with pytest.raises(BadSignature):
        provider.parse_webhook(*service.webhook("ended", ROOM, at=now() - DAYS_AGO), at=now())


@pytest.mark.parametrize("service", SIGNING, indirect=True)
def test_a_changed_message_is_refused(service, provider):
    headers, body = service.webhook("joined", ROOM, PATIENT.uid)

    with pytest.raises(BadSignature):
        provider.parse_webhook(headers, body.replace(b"visit-1", b"visit-2"), at=now())


def test_ten_megabytes_are_refused_unread(service, provider):
    headers, _body = service.webhook("ended", ROOM)

    with pytest.raises(BadWebhook):
        provider.parse_webhook(headers, b"[" * 10_000_000, at=now())


def signed_by(service, body):
    """Headers for `body`, as the service itself would sign it."""
    at = int(now().timestamp())
    if isinstance(service, FakeDaily):
        return {
            "X-Webhook-Timestamp": str(at),
            "X-Webhook-Signature": signature(service.credentials["webhook_secret"], str(at), body),
        }
    if isinstance(service, FakeHms):
        return {"X-Webhook-Secret": service.credentials["webhook_secret"]}
    claims = {"iat": at, "nbf": at, "exp": at + 300, "payload_hash": sha256(body).hex()}
    claims |= {"iss": "APIkey", "sha256": base64.b64encode(sha256(body)).decode()}
    token = jwt.encode(claims, service.given_credentials().get("signature_secret") or service.credentials["api_secret"])
    return {"Authorization": token if isinstance(service, FakeLiveKit) else f"Bearer {token}"}


@pytest.mark.parametrize(
    "body",
    [
        b"",
        b"null",
        b"[]",
        b'"text"',
        b"{",
        b"\xff\xfe",
        b"[" * 100_000,
        b'{"a":' * 40_000,
        b'{"id": ' + b"9" * 5000 + b"}",
    ],
)
def test_what_cannot_be_read_is_refused_though_it_is_signed(service, provider, body):
    with pytest.raises(
        BadWebhook if service.provider.name not in {"opentok", "vonage"} else (BadWebhook, BadSignature)
    ):
        provider.parse_webhook(signed_by(service, body), body, at=now())


@pytest.mark.parametrize("value", [None, 7, [], {}, "x" * 1000, "\x00", "\ud83d", True, 10**400])
def test_fields_of_another_kind_break_nothing(service, provider, value):
    """They come out empty, or the message is refused; nothing that the database cannot keep gets through."""
    _headers, body = service.webhook("joined", ROOM, PATIENT.uid)
    message = json.loads(body)
    for name in message:
        changed = json.dumps({**message, name: value}).encode()
        try:
            [event] = provider.parse_webhook(signed_by(service, changed), changed, at=now())
        except (BadWebhook, BadSignature):
            continue
        assert (event.key + event.room + event.person_uid + event.raw_kind).isprintable()
        assert len(event.raw_kind) <= 80


def test_the_embed_tells_nothing():
    with FAKES["opentok-embed"]() as fake, pytest.raises(NotSupported):
        fake.provider(fake.account).parse_webhook({}, b"{}", at=now())


# Vectors, made with the formulas that the services publish


def test_daily_signs_as_published():
    secret = "MDEyMzQ1Njc4OWFiY2RlZjAxMjM0NTY3ODlhYmNkZWY="
    body = (
        b'{"version":"1.0.0","type":"meeting.ended","id":"evt-1","payload":{"room":"visit-1"},"event_ts":1700000000.5}'
    )
    headers = {
        "X-Webhook-Timestamp": "1700000000",
        "X-Webhook-Signature": "LLN6mCkiF1SPfxP+oYDJq/kRhvWTswfueLmXNEgyL7Y=",
    }
    provider = Daily(Account({"api_key": "k", "webhook_secret": secret}))

    [event] = provider.parse_webhook(headers, body, at=datetime.fromtimestamp(1700000010, UTC))

    assert (event.key, event.kind, event.room) == ("evt-1", EventKind.ENDED, "visit-1")
    assert event.at == datetime.fromtimestamp(1700000000.5, UTC)


def test_livekit_signs_as_published():
    body = b'{"event":"room_finished","room":{"sid":"RM_1","name":"visit-1"},"id":"EV_1","createdAt":"1700000000"}'
    at = datetime.fromtimestamp(1700000010, UTC)
    claims = {
        "iss": "devkey",
        "nbf": 1700000000,
        "exp": 1700000300,
        "sha256": "oqCkF69rU9Zp/Jv+B9YSEBL6UYoR+mAWZxVsQfDEC8E=",
    }
    token = jwt.encode(claims, AN_OTHER_SECRET, algorithm="HS256")
    provider = LiveKit(Account({"api_key": "devkey", "api_secret": AN_OTHER_SECRET}))

    [event] = provider.parse_webhook({"Authorization": token}, body, at=at)

    assert (event.key, event.kind, event.room) == ("EV_1", EventKind.ENDED, "visit-1")


# What is special about one service


def test_daily_may_write_its_timestamp_in_milliseconds():
    with FakeDaily() as service:
        stamp = str(int(now().timestamp() * 1000))
        _headers, body = service.webhook("ended", ROOM)
        signed = signature(service.credentials["webhook_secret"], stamp, body)
        headers = {"X-Webhook-Timestamp": stamp, "X-Webhook-Signature": signed}

        assert service.provider(service.account).parse_webhook(headers, body, at=now())


def test_dailys_trial_of_a_new_webhook_is_answered_and_says_nothing():
    with FakeDaily() as service:
        assert service.provider(service.account).parse_webhook({}, b'{"test":"test"}', at=now()) == []


def test_a_callback_whose_signature_leaves_out_the_content_is_refused_unless_the_clinic_takes_it():
    with FakeOpenTok() as service:
        message = service.webhook("ended", ROOM, payload_hash=None)
        careless = replace(service.account, credentials=service.credentials | {"accepts_unhashed": "Yes"})

        with pytest.raises(BadSignature):
            service.provider(service.account).parse_webhook(*message, at=now())
        assert service.provider(careless).parse_webhook(*message, at=now())


def test_a_callback_of_another_project_is_refused():
    with FakeOpenTok() as service:
        service.project = "99999999"

        with pytest.raises(BadSignature):
            service.provider(service.account).parse_webhook(*service.webhook("ended", ROOM), at=now())


def test_a_callback_whose_signature_has_run_out_is_refused():
    with FakeOpenTok() as service:
        sent_at = now() - timedelta(minutes=30)
        message = service.webhook("ended", ROOM, at=sent_at, exp=int(sent_at.timestamp()) + 300)

        with pytest.raises(BadSignature):
            service.provider(service.account).parse_webhook(*message, at=now())


def test_a_message_of_another_key_of_the_same_server_is_refused():
    with FakeLiveKit() as service:
        message = service.webhook("ended", ROOM)
        other = replace(service.account, credentials=service.credentials | {"api_key": "APIother"})

        with pytest.raises(BadSignature):
            service.provider(other).parse_webhook(*message, at=now())


@pytest.mark.parametrize("algorithm", ["none", "HS512"])
def test_a_token_signed_another_way_is_refused(algorithm):
    with FakeLiveKit() as service:
        headers, body = service.webhook("ended", ROOM)
        claims = jwt.decode(headers["Authorization"], options={"verify_signature": False})
        secret = None if algorithm == "none" else service.credentials["api_secret"] * 2
        forged = jwt.encode(claims, secret, algorithm=algorithm)

        with pytest.raises(BadSignature):
            service.provider(service.account).parse_webhook({"Authorization": forged}, body, at=now())
