"""What a visit's page needs for the relay: given with admission, renewed, and over with the visit."""

from datetime import timedelta

import pytest
from asgiref.sync import sync_to_async
from django.utils import timezone

from televisit.models import Visit
from televisit.providers.webrtc import ice_servers
from televisit.tests.factories import a_seat_of_the_patient, a_visit
from televisit.tests.pages import Page, in_loop, two_pages

pytestmark = pytest.mark.django_db(transaction=True)
in_db = sync_to_async


@in_loop
async def test_turn_credentials_come_with_admission_only_and_end_with_the_visit(settings):
    settings.TURN_URLS, settings.TURN_SECRET = ["turn:turn.clinic.example:3478"], "a-secret"
    visit = await in_db(a_visit)(starts_in=-timedelta(minutes=10))
    seat = await in_db(a_seat_of_the_patient)(visit)
    patient = await Page.open(visit, seat.user)
    await patient.hello()
    assert await patient.hears("waiting") == {"type": "waiting"}

    await in_db(seat.admit)(by=visit.host.user, at=timezone.now())

    [server] = (await patient.hears("admitted"))["ice_servers"]
    assert server["urls"] == ["turn:turn.clinic.example:3478"]
    assert server["username"] == f"{int(visit.expires_at.timestamp())}:{seat.uid}"


def test_turn_credentials_are_what_coturn_computes(settings):
    settings.TURN_URLS, settings.TURN_SECRET = ["turn:t:1"], "north"
    at = timezone.datetime.fromtimestamp(1_400_000_000, tz=timezone.get_default_timezone())

    [server] = ice_servers("seat", until=at)

    assert server["username"] == "1400000000:seat"
    assert server["credential"] == "/d5SMVlUDP1FmlTOQ2B63sVhg6o="


@in_loop
async def test_turn_credentials_are_renewed_for_who_is_in(settings):
    settings.TURN_URLS, settings.TURN_SECRET, settings.TURN_SECONDS = ["turn:turn.test:3478"], "secret", 60
    _visit, doctor, _patient = await two_pages()

    await doctor.say(type="relays")

    renewed = await doctor.hears("relays")
    until = int(renewed["ice_servers"][0]["username"].partition(":")[0])
    assert 50 <= until - timezone.now().timestamp() <= 60
    assert renewed["renew_in"] == 30_000


@in_loop
async def test_who_waits_gets_no_turn_credentials():
    visit = await in_db(a_visit)()
    seat = await in_db(a_seat_of_the_patient)(visit)
    patient = await Page.open(visit, seat.user)
    await patient.hello()
    await patient.hears("waiting")

    await patient.say(type="relays")

    assert (await patient.hears("error"))["code"] == "not_allowed"


@in_loop
async def test_turn_credentials_are_refused_once_the_visit_has_ended():
    visit, doctor, _patient = await two_pages()
    await in_db(Visit.objects.filter(pk=visit.pk).update)(status=Visit.Status.ENDED, ended_at=timezone.now())

    await doctor.say(type="relays")

    assert await doctor.is_closed_with() == (4410, "ended")
