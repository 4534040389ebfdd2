"""The socket of a chat: who may follow it, what it says, what it refuses."""

import asyncio

import pytest
from asgiref.sync import sync_to_async as in_db
from channels_redis.pubsub import RedisPubSubLoopLayer

from appointments.tests.factories import AppointmentFactory
from chat.models import ReadMark
from televisit.tests.pages import in_loop

from .factories import written
from .people import person
from .sockets import Socket

pytestmark = pytest.mark.django_db(transaction=True)


def address(chat):
    return f"/ws/appointments/{chat.reference}/"


@in_loop
async def test_both_sides_and_all_their_tabs_hear_of_a_message():
    chat = await in_db(AppointmentFactory)()
    people = [chat.patient.user, chat.patient.user, chat.doctor.user]
    pages = [await Socket.open(address(chat), user) for user in people]

    message = await in_db(written)(chat, body="The text stays at home.")

    assert [await page.hears() for page in pages] == [{"message": message.seq}] * 3


@in_loop
async def test_what_is_written_as_the_socket_opens_is_heard(monkeypatch):
    chat = await in_db(AppointmentFactory)()
    follow = RedisPubSubLoopLayer.group_add

    async def slowly(*args):
        await asyncio.sleep(0.5)
        await follow(*args)

    monkeypatch.setattr(RedisPubSubLoopLayer, "group_add", slowly)
    page = await Socket.open(address(chat), chat.doctor.user)

    message = await in_db(written)(chat)

    assert await page.hears() == {"message": message.seq}


@in_loop
async def test_both_sides_hear_how_far_somebody_has_read():
    chat = await in_db(AppointmentFactory)()
    await in_db(written)(chat)
    page = await Socket.open(address(chat), chat.doctor.user)

    for _again in range(2):
        await in_db(ReadMark.objects.advance)(chat, user=chat.patient.user, to=9)

    assert await page.hears() == {"read": 1, "by_doctor": False}
    assert await page.hears_nothing()


@in_loop
async def test_another_chat_hears_nothing():
    chat, other = await in_db(AppointmentFactory)(), await in_db(AppointmentFactory)()
    page = await Socket.open(address(other), other.patient.user)

    await in_db(written)(chat)

    assert await page.hears_nothing()


@in_loop
async def test_nobody_hears_of_a_message_that_was_not_kept():
    chat = await in_db(AppointmentFactory)()
    page = await Socket.open(address(chat), chat.patient.user)
    await in_db(written)(chat, client_id="a")
    await page.hears()

    await in_db(written)(chat, client_id="a")

    assert await page.hears_nothing()


@pytest.mark.parametrize(
    "role", ["anonymous", "other patient", "other doctor", "nobody", "staff", "former representative"]
)
def test_strangers_are_refused(role):
    @in_loop
    async def run():
        chat = await in_db(AppointmentFactory)()
        page = await Socket.open(address(chat), await in_db(person)(role, chat))

        assert await page.is_closed_with() == (4404, "not_found")

    run()


@in_loop
async def test_a_chat_that_does_not_exist_is_refused():
    chat = await in_db(AppointmentFactory)()
    page = await Socket.open("/ws/appointments/00000000/", chat.patient.user)

    assert await page.is_closed_with() == (4404, "not_found")


@pytest.mark.parametrize(
    ("frame", "code"),
    [
        ({"text": "not json"}, (4400, "takes_no_messages")),
        ({"text": '{"type": "unknown"}'}, (4400, "takes_no_messages")),
        ({"text": '{"message": 1}'}, (4400, "takes_no_messages")),
        ({"bytes": b"\xff"}, (4400, "takes_no_messages")),
        ({"text": "x" * 1001}, (4413, "too_large")),
        ({"bytes": b"x" * 70_000}, (4413, "too_large")),
    ],
)
def test_what_a_page_says_closes_the_socket_and_changes_nothing(frame, code):
    @in_loop
    async def run():
        chat = await in_db(AppointmentFactory)()
        page = await Socket.open(address(chat), chat.patient.user)

        await page.says(**frame)

        assert await page.is_closed_with() == code
        await in_db(written)(chat)
        assert await page.hears_nothing()

    run()
