"""What the visit's socket says where a video service has the room: the way in, to who was admitted, while it works."""

import pytest
from asgiref.sync import sync_to_async
from django.db import connection
from django.utils import timezone

from televisit import rooms
from televisit.models import Integration, Participant, VisitEvent
from televisit.providers.livekit import LiveKit
from televisit.tests.factories import a_seat_of_the_patient, a_visit_at
from televisit.tests.pages import Page, in_loop

pytestmark = pytest.mark.django_db(transaction=True)


@sync_to_async
def set_up(*fakes, admitted=False, opened=True):
    visit = a_visit_at(*fakes)
    seat = a_seat_of_the_patient(visit, admitted=admitted)
    if opened:
        rooms.open_room(visit, at=timezone.now())
    return visit, seat


def meanwhile(monkeypatch, happens):
    """Something happens while LiveKit is asked for the way in."""
    join = LiveKit.join

    def slow(service, *args, **facts):
        happens()
        connection.close()  # of the thread in which services are asked
        return join(service, *args, **facts)

    monkeypatch.setattr(LiveKit, "join", slow)


@in_loop
async def test_who_was_admitted_hears_the_way_in(livekit):
    visit, seat = await set_up(livekit, admitted=True)
    page = await Page.open(visit, seat.user)

    await page.hello()
    message = await page.hears("admitted")

    assert livekit.claims(message["entry"]["token"])["sub"] == seat.uid
    assert (message["room"], message["entry"]["kind"]) == (1, "sdk")
    assert message["entry"]["module"].startswith("/static/js/embeds/livekit")
    assert 0 < message["renew_in"] <= 5 * 60_000
    assert "ice_servers" not in message


@in_loop
async def test_who_waits_hears_nothing_of_the_service_until_the_doctor_admits(livekit):
    visit, seat = await set_up(livekit)
    page = await Page.open(visit, seat.user)
    await page.hello()
    await page.hears("waiting")
    await page.say(type="relays")
    assert (await page.hears("error"))["code"] == "not_allowed"

    seat.visit = visit
    await sync_to_async(seat.admit)(by=visit.host.user, at=timezone.now())

    assert livekit.claims((await page.hears("admitted"))["entry"]["token"])["sub"] == seat.uid


@in_loop
async def test_a_page_gets_a_fresh_entry_while_it_may_be_there(livekit):
    visit, seat = await set_up(livekit, admitted=True)
    page = await Page.inside(visit, seat.user)

    await page.say(type="relays")

    assert livekit.claims((await page.hears("relays"))["entry"]["token"])["sub"] == seat.uid


@in_loop
async def test_who_is_removed_while_the_service_is_asked_hears_of_no_way_in(livekit, monkeypatch):
    visit, seat = await set_up(livekit, admitted=True)
    page = await Page.open(visit, seat.user)
    meanwhile(monkeypatch, lambda: Participant.objects.filter(pk=seat.pk).update(removed_at=timezone.now()))

    await page.hello()

    with pytest.raises(AssertionError, match=r"closed with .*4403, 'reason': 'removed'"):
        await page.hears("admitted")
    assert not await sync_to_async(seat.attendances.exists)()


@in_loop
async def test_every_page_hears_that_the_visit_needs_another_room(daily):
    visit, seat = await set_up(daily, admitted=True)
    doctor = await Page.inside(visit, visit.host.user)
    daily.mood = "500"
    patient = await Page.open(visit, seat.user)

    await patient.hello()

    assert await patient.hears("room-changed")
    assert await doctor.hears("room-changed")
    assert await sync_to_async(visit.events.filter(kind=VisitEvent.Kind.FAILED_OVER).count)() == 1


@in_loop
async def test_nobody_leaves_the_room_because_the_service_is_away_for_a_moment(daily):
    visit, _seat = await set_up(daily)
    doctor = await Page.inside(visit, visit.host.user)
    daily.mood = "500"

    await doctor.say(type="relays")
    answer = await doctor.hears("relays")
    daily.mood = ""
    await doctor.say(type="relays")

    assert (answer["entry"], answer["renew_in"]) == (None, 30_000)
    assert (await doctor.hears("relays"))["entry"]["token"]
    assert await sync_to_async(visit.rooms.in_use().count)() == await sync_to_async(visit.rooms.count)() == 1


@in_loop
async def test_a_key_that_was_withdrawn_moves_the_visit_also_when_entries_are_renewed(daily):
    visit, _seat = await set_up(daily)
    doctor = await Page.inside(visit, visit.host.user)
    await sync_to_async(Integration.objects.update)(credentials={"api_key": "withdrawn"})

    await doctor.say(type="relays")

    assert await doctor.hears("room-changed")


@in_loop
async def test_a_page_whose_visit_has_no_room_is_to_be_loaded_anew(livekit):
    visit, seat = await set_up(livekit, admitted=True, opened=False)
    page = await Page.open(visit, seat.user)

    await page.hello()

    assert await page.hears("room-changed")
    assert not livekit.calls
