"""What a page may not say over the socket: it gets an error or is closed, and nothing changes."""

import json

import pytest
from asgiref.sync import sync_to_async

from chat.tests.sockets import Socket
from clinic.people.tests.factories import UserFactory
from televisit.models import VisitEvent
from televisit.protocol import MAX_BYTES, BadMessage, Bucket, TooLarge, read_message
from televisit.tests.factories import a_visit
from televisit.tests.pages import Page, in_loop, two_pages

PEER = "0123456789abcdef"
GOOD = {"type": "signal", "to": PEER, "data": {"candidate": None}}


@pytest.mark.parametrize(
    "message",
    [
        {"type": "hello", "peer": PEER},
        {"type": "hello", "peer": PEER, "token": "abc"},
        GOOD,
        {**GOOD, "data": {"candidate": {"candidate": "candidate:1 1 udp", "sdpMid": "0"}}},
        {**GOOD, "data": {"description": {"type": "answer", "sdp": "v=0"}}},
        {**GOOD, "data": {"state": {"microphone": True, "camera": False, "screen": False, "pictures": True}}},
        {**GOOD, "data": {"reset": True}},
        {"type": "admit", "participant": "J795B3PYQDW2FY9X"},
        {"type": "ping"},
        {"type": "bye"},
    ],
)
def test_what_pages_say_is_understood(message):
    assert read_message(json.dumps(message)) == message


@pytest.mark.parametrize(
    ("text", "code"),
    [
        ("not json", "not_json"),
        ("[" * 30_000, "not_json"),
        ("", "not_json"),
        ("[]", "unknown_type"),
        ('"hello"', "unknown_type"),
        ("{}", "unknown_type"),
        ('{"type": "eject"}', "unknown_type"),
        ('{"type": "admit"}', "malformed"),
        ('{"type": "admit", "participant": 5}', "malformed"),
        ('{"type": "admit", "participant": "J795B3PYQDW2FY9"}', "malformed"),
        (r'{"type": "admit", "participant": "\u0000"}', "malformed"),
        (r'{"type": "admit", "participant": "\ud800"}', "malformed"),
        (json.dumps({"type": "hello", "peer": PEER, "token": "\ud800"}), "malformed"),
        ("1" * 5000, "not_json"),
        ('{"type": ["hello"]}', "unknown_type"),
        ('{"type": "hello"}', "malformed"),
        ('{"type": "hello", "peer": "short"}', "malformed"),
        ('{"type": "hello", "peer": 5}', "malformed"),
        (json.dumps({"type": "hello", "peer": PEER, "token": 5}), "malformed"),
        ('{"type": "ping", "more": 1}', "malformed"),
        (json.dumps({**GOOD, "to": None}), "malformed"),
        (json.dumps({**GOOD, "data": {}}), "malformed"),
        (json.dumps({**GOOD, "data": {"reset": True, "candidate": None}}), "malformed"),
        (json.dumps({**GOOD, "data": {"reset": 1}}), "malformed"),
        (json.dumps({**GOOD, "data": {"description": {"type": "offer"}}}), "malformed"),
        (json.dumps({**GOOD, "data": {"description": {"type": "rollback", "sdp": ""}}}), "malformed"),
        (json.dumps({**GOOD, "data": {"candidate": "candidate:1"}}), "malformed"),
        (json.dumps({**GOOD, "data": {"state": {"camera": True}}}), "malformed"),
        (json.dumps({**GOOD, "data": {"text": "hello"}}), "malformed"),
    ],
)
def test_what_is_not_understood_is_named(text, code):
    with pytest.raises(BadMessage) as refusal:
        read_message(text)

    assert refusal.value.code == code


@pytest.mark.parametrize("text", [None, "x" * (MAX_BYTES + 1), "é" * (MAX_BYTES // 2 + 1)])
def test_too_much_or_no_text_is_too_large(text):
    with pytest.raises(TooLarge):
        read_message(text)


def test_bucket_fills_up_again_with_time(monkeypatch):
    clock = iter([0.0, 0.0, 0.0, 0.0, 0.5, 0.5])
    monkeypatch.setattr("televisit.protocol.time.monotonic", lambda: next(clock))
    bucket = Bucket(capacity=2, each_second=2)

    assert [bucket.take() for _time in range(5)] == [True, True, False, True, False]


@pytest.mark.django_db(transaction=True)
@pytest.mark.parametrize(
    ("text", "code"),
    [
        ("not json", "not_json"),
        ('{"type": "eject", "participant": "x"}', "unknown_type"),
        ('{"type": "admit", "participant": "0000000000000000"}', "no_such_participant"),
        (r'{"type": "admit", "participant": "\u0000"}', "malformed"),
        (json.dumps(GOOD), "no_such_peer"),
        (json.dumps({"type": "hello", "peer": PEER}), "hello_once_and_first"),
    ],
)
def test_bad_message_gets_an_error_and_changes_nothing(text, code):
    @in_loop
    async def talk():
        visit = await sync_to_async(a_visit)()
        page = await Page.inside(visit, visit.host.user)
        before = await sync_to_async(VisitEvent.objects.count)()
        await page.frame(text=text)
        assert await page.hears("error") == {"type": "error", "code": code}
        await page.say(type="ping")
        assert await page.hears("pong")
        assert await sync_to_async(VisitEvent.objects.count)() == before

    talk()


@pytest.mark.django_db(transaction=True)
@pytest.mark.parametrize("odd", ["\ud800", 10**30])
def test_signal_that_cannot_be_passed_on_is_refused(odd):
    @in_loop
    async def talk():
        _visit, doctor, patient = await two_pages()
        await patient.signal(doctor, candidate={"candidate": "", "sdpMid": odd})
        assert (await patient.hears("error"))["code"] == "malformed"

    talk()


@pytest.mark.django_db(transaction=True)
@pytest.mark.parametrize("path", ["/ws/visits/\0/", "/ws/appointments/\0/"])
def test_address_with_nul_is_closed_as_unknown(path):
    @in_loop
    async def come():
        socket = await Socket.open(path, await sync_to_async(UserFactory)())
        assert await socket.is_closed_with() == (4404, "not_found")

    come()


@pytest.mark.django_db(transaction=True)
@in_loop
async def test_first_word_must_be_hello():
    visit = await sync_to_async(a_visit)()
    page = await Page.open(visit, visit.host.user)

    await page.say(type="ping")

    assert (await page.hears("error"))["code"] == "hello_once_and_first"


@pytest.mark.django_db(transaction=True)
@pytest.mark.parametrize("frame", [{"text": "x" * (MAX_BYTES + 1)}, {"bytes": b"\x00"}])
def test_too_large_or_binary_message_closes_the_socket(frame):
    @in_loop
    async def talk():
        visit = await sync_to_async(a_visit)()
        page = await Page.inside(visit, visit.host.user)
        await page.frame(**frame)
        assert await page.is_closed_with() == (4413, "too_large")

    talk()


@pytest.mark.django_db(transaction=True)
@in_loop
async def test_flooding_closes_the_socket():
    visit = await sync_to_async(a_visit)()
    page = await Page.inside(visit, visit.host.user)

    for _time in range(200):
        await page.frame(text='{"type": "ping"}')

    assert await page.is_closed_with() == (4429, "flooding")
