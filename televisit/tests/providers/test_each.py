"""What is special about one service."""

from dataclasses import replace
from datetime import timedelta
from urllib.parse import parse_qs, parse_qsl, urlsplit

import pytest

from televisit.providers import Account, Room
from televisit.providers.base import Options
from televisit.providers.daily import Daily
from televisit.providers.vonage import Vonage

from .fakes import FakeDaily, FakeEmbed, FakeHms, FakeLiveKit, FakeOpenTok, FakeVonage, NoEntry
from .fakes.sessions import private_key
from .rooms import DOCTOR, PATIENT, an_order, entry, now


@pytest.fixture
def daily():
    with FakeDaily() as fake:
        yield fake, fake.provider(fake.account)


@pytest.fixture
def hms():
    with FakeHms() as fake:
        yield fake, fake.provider(fake.account)


def test_a_room_at_daily_is_private_has_hours_and_nobody_knocks(daily):
    service, provider = daily
    order = an_order()

    room = service.rooms[provider.create_room(order).name]

    assert room["privacy"] == "private"
    assert room["config"]["nbf"] == int(order.opens_at.timestamp())
    assert room["config"]["exp"] == int(order.expires_at.timestamp())
    assert room["config"]["eject_at_room_exp"] is True
    assert room["config"]["enable_knocking"] is False
    assert "enable_recording" not in room["config"]


def test_an_order_at_daily_that_comes_again_brings_the_room_up_to_date(daily):
    service, provider = daily
    provider.create_room(an_order())
    later = now() + timedelta(hours=3)

    room = provider.create_room(an_order(expires_at=later))

    assert service.rooms[room.name]["config"]["exp"] == int(later.timestamp())


def test_nobody_enters_a_room_at_daily_before_its_hours(daily):
    service, provider = daily
    room = provider.create_room(an_order(opens_at=now() + timedelta(minutes=5)))

    with pytest.raises(NoEntry):
        service.enter(entry(provider, room, PATIENT))


def test_dailys_own_addresses_are_opened_and_no_others():
    policy = Daily(Account({"api_key": "k"})).policy(Room("visit-1", "https://clinic.daily.co/visit-1"))

    assert policy.sources == {"frame-src": ["https://*.daily.co"]}
    assert policy.camera_origins == ["https://clinic.daily.co"]


def test_a_link_of_100ms_gives_the_role_and_tells_the_shown_name_only(hms):
    service, provider = hms
    room = provider.create_room(an_order())

    doctors, patients = (entry(provider, room, person) for person in (DOCTOR, PATIENT))

    assert (service.open_page(doctors), service.open_page(patients)) == ("host", "guest")
    assert parse_qs(urlsplit(patients.url).query) == {"name": ["Patient"], "userId": [PATIENT.uid]}


def test_the_link_of_100ms_is_a_new_one_once_somebody_is_put_out(hms):
    service, provider = hms
    room = provider.create_room(an_order())
    old = entry(provider, room, PATIENT)
    service.open_page(old)

    provider.remove(room, PATIENT.uid)

    assert service.present(room) == set()
    with pytest.raises(NoEntry):
        service.open_page(old)
    assert service.open_page(entry(provider, room, replace(PATIENT, uid="RELATIVE01234567"))) == "guest"
    assert service.open_page(entry(provider, room, DOCTOR)) == "host"


def test_no_link_of_100ms_opens_a_visit_that_is_over(hms):
    service, provider = hms
    room = provider.create_room(an_order())
    link = entry(provider, room, DOCTOR)

    provider.end(room)

    with pytest.raises(NoEntry):
        service.open_page(link)


def test_without_callbacks_a_session_is_emptied_to_put_one_person_out():
    with FakeOpenTok() as service:
        provider = service.provider(service.account)
        room = provider.create_room(an_order())
        for person in (DOCTOR, PATIENT):
            service.enter(entry(provider, room, person))

        provider.remove(room, PATIENT.uid)

        assert service.present(room) == set()
        assert service.enter(entry(provider, room, DOCTOR)) is True


def test_a_session_that_is_forgotten_makes_a_new_one_and_harms_nobody():
    with FakeVonage() as service:
        provider = service.provider(service.account)

        first = provider.create_room(an_order("visit-a-1"))
        second = provider.create_room(an_order("visit-a-2"))
        provider.end(first)

        assert first != second
        assert service.enter(entry(provider, second, PATIENT)) is False


def test_vonages_script_is_one_release_that_the_browser_checks():
    provider = Vonage(Account({"application_id": "app", "private_key": private_key()}))

    address = urlsplit(provider.join(Room("session"), PATIENT, at=now(), until=now() + timedelta(hours=1)).url)

    assert dict(parse_qsl(address.fragment))["integrity"].startswith("sha384-")
    assert "@2." in address.path
    assert f"https://{address.netloc}{address.path}" in provider.policy(Room("session")).sources["script-src"]


def test_the_address_of_an_embed_cannot_be_guessed(settings):
    with FakeEmbed() as service:
        provider = service.provider(service.account)
        address = provider.create_room(an_order()).url

        settings.SECRET_KEY = "that of another portal"

        assert provider.create_room(an_order()).url != address
        assert len(parse_qs(urlsplit(address).query)["room"][0]) > len(an_order().name) + 30


@pytest.mark.parametrize(
    ("options", "said"),
    [
        (Options(), {}),
        (Options(start_muted=True), {"muted": "yes"}),
        (Options(start_muted=True, start_camera_off=True), {"muted": "yes", "camera_off": "yes"}),
    ],
)
def test_the_page_that_draws_livekit_is_told_how_people_start(options, said):
    with FakeLiveKit() as service:
        provider = service.provider(replace(service.account, options=options))

        address = entry(provider, provider.create_room(an_order()), PATIENT).url

    assert address.startswith("ws://127.0.0.1:")
    assert dict(parse_qsl(urlsplit(address).fragment)) == said


def test_an_empty_room_at_livekit_waits_for_the_visit():
    with FakeLiveKit() as service:
        provider = service.provider(service.account)
        room = provider.create_room(an_order(expires_at=now() + timedelta(hours=2)))

        before = service.rooms[room.name]["empty_timeout"]
        provider.extend(room, now() + timedelta(hours=3))

        assert 7100 < before <= 7200
        assert service.rooms[room.name]["empty_timeout"] > 10_700
