"""What every video service does for the portal, whatever it is called."""

import json
import re
from dataclasses import replace
from datetime import timedelta
from urllib.parse import parse_qsl, urlsplit

import pytest

from televisit.providers import PROVIDERS
from televisit.providers.base import Options
from televisit.providers.errors import NotSupported

from .fakes import CALLED, FAKES, LISTING, NoEntry
from .rooms import DOCTOR, PATIENT, an_order, entry, now

SOON = timedelta(minutes=11)  # what is good for ten minutes is good no more


# The embed has no calls: whoever knows its address enters.
with_calls = pytest.mark.parametrize("service", CALLED, indirect=True)
with_lists = pytest.mark.parametrize("service", LISTING, indirect=True)


def test_every_service_but_our_own_has_a_fake():
    assert set(FAKES) == set(PROVIDERS) - {"webrtc"}


def test_the_same_order_twice_gives_the_same_room(provider):
    assert provider.create_room(an_order()) == provider.create_room(an_order())


def test_another_order_gives_another_room(provider):
    assert provider.create_room(an_order("visit-a-1")) != provider.create_room(an_order("visit-a-2"))


def test_a_room_fits_into_the_columns_that_keep_it(provider):
    room = provider.create_room(an_order("visit-" + "A" * 30 + "-12"))

    assert 0 < len(room.name) <= 255
    assert len(room.url) <= 500


@with_calls
def test_doctor_and_patient_have_different_rights(service, provider):
    room = provider.create_room(an_order())

    assert service.enter(entry(provider, room, DOCTOR)) is True
    assert service.enter(entry(provider, room, PATIENT)) is False
    assert service.present(room) == {DOCTOR.uid, PATIENT.uid}


@with_calls
def test_nobody_enters_once_the_time_is_over(service, provider):
    room = provider.create_room(an_order())
    late = entry(provider, room, PATIENT, until=now() + timedelta(minutes=5))

    service.clock = SOON

    with pytest.raises(NoEntry):
        service.enter(late)
    assert late.expires_at <= now() + timedelta(minutes=5)


@with_calls
def test_an_entry_is_good_for_its_own_room_only(service, provider):
    room, other = provider.create_room(an_order("visit-a-1")), provider.create_room(an_order("visit-b-1"))

    with pytest.raises(NoEntry):
        service.enter(entry(provider, room, PATIENT), room=other)


@with_calls
def test_a_token_that_was_changed_is_refused(service, provider):
    room = provider.create_room(an_order())
    genuine = entry(provider, room, PATIENT)
    head, body, signature = genuine.token.split(".")
    doctors = entry(provider, room, DOCTOR).token.split(".")[1]

    for token in [f"{head}.{doctors}.{signature}", f"{head}.{body}.{signature[::-1]}", f"{head}.{body}.", ""]:
        with pytest.raises(NoEntry):
            service.enter(replace(genuine, token=token))


@with_calls
def test_the_end_puts_everybody_out_and_lets_nobody_in(service, provider):
    room = provider.create_room(an_order())
    entries = [entry(provider, room, DOCTOR), entry(provider, room, PATIENT)]
    for one in entries:
        service.enter(one)

    provider.end(room)

    assert service.present(room) == set()
    service.clock = timedelta(0) if service.bans else SOON
    for one in entries:
        with pytest.raises(NoEntry):
            service.enter(one)


def test_ending_twice_or_an_empty_room_changes_nothing(provider):
    room = provider.create_room(an_order())

    provider.end(room)
    provider.end(room)


@with_calls
def test_who_is_removed_stays_out_and_the_others_stay_in(service, provider):
    room = provider.create_room(an_order())
    mine = entry(provider, room, PATIENT)
    for one in [entry(provider, room, DOCTOR), mine]:
        service.enter(one)
    for person in [DOCTOR, PATIENT] if service.provider.name in {"opentok", "vonage"} else []:
        provider.parse_webhook(*service.webhook("joined", room, person.uid), at=now())

    provider.remove(room, PATIENT.uid)

    assert service.present(room) == {DOCTOR.uid}
    service.clock = timedelta(0) if service.bans else SOON
    with pytest.raises(NoEntry):
        service.enter(mine)


def test_removing_who_is_not_there_changes_nothing(provider):
    room = provider.create_room(an_order())

    provider.remove(room, PATIENT.uid)

    provider.end(room)
    provider.remove(room, PATIENT.uid)


@with_calls
def test_an_extended_room_is_open_for_longer(service, provider):
    at = now()
    room = provider.create_room(an_order(expires_at=at + timedelta(minutes=10)))

    provider.extend(room, at + timedelta(minutes=40))

    later = provider.join(room, PATIENT, at=at + timedelta(minutes=20), until=at + timedelta(minutes=40))
    service.clock = timedelta(minutes=20)
    assert service.enter(later) is False


@with_lists
def test_the_rooms_of_this_portal_are_listed_and_no_others(service, provider):
    mine = provider.create_room(an_order("visit-a-1"))
    foreign = service.provider(replace(service.account, room_prefix="staging-"))
    foreign.create_room(an_order("staging-a-1"))

    assert list(provider.rooms()) == [mine]
    provider.end(mine)
    assert list(provider.rooms()) == []


@with_lists
def test_a_long_list_of_rooms_comes_page_by_page(provider):
    made = {provider.create_room(an_order(f"visit-{number}-1")) for number in range(101)}

    assert set(provider.rooms()) == made


@pytest.mark.parametrize("service", sorted(set(FAKES) - set(LISTING)), indirect=True)
def test_a_service_without_a_list_says_so(provider):
    with pytest.raises(NotSupported):
        list(provider.rooms())


def test_no_room_records_unless_the_clinic_wants_it(service):
    service.provider(service.account).create_room(an_order())

    for call in service.calls:
        assert not re.search(rb"cloud|always|\"enabled\": ?true|record\w*\": ?true", call.body)


def test_every_option_that_a_service_follows_makes_a_difference(service):
    for name in service.provider.follows - {"show_names"}:  # who the person is comes with the person
        without, with_it = (asked_with(service, Options(**{name: chosen})) for chosen in (False, True))

        assert without != with_it


def asked_with(service, options):
    """What the service is asked for, and how people enter, with these options; without what differs every time."""
    provider = service.provider(replace(service.account, options=options))
    before = len(service.calls)
    room = provider.create_room(an_order(f"visit-{before}"))
    asked = [json.loads(call.body)["properties"] for call in service.calls[before:] if b"properties" in call.body]
    timeless = [{name: value for name, value in facts.items() if name not in {"nbf", "exp"}} for facts in asked]
    return timeless, factless(entry(provider, room, PATIENT).url)


def factless(url):
    """What an address says to the page's script, but for the session."""
    return {name: value for name, value in parse_qsl(urlsplit(url).fragment) if name != "session"}


def test_the_page_is_opened_to_the_service_and_to_nobody_else(service, provider):
    policy = provider.policy(provider.create_room(an_order()))

    sources = [source for found in policy.sources.values() for source in found]
    assert any(service.server.server_port == int(source.split(":")[2].split("/")[0]) for source in sources)
    assert not {"*", "https:", "'unsafe-inline'", "'unsafe-eval'"} & set(sources)


@pytest.mark.parametrize("name", sorted(FAKES))
def test_a_real_service_is_reached_by_https_alone(name):
    with FAKES[name]() as fake:
        account = replace(fake.account, base_url="https://video.example.org" if name == "livekit" else "")
    account = replace(account, credentials={**account.credentials, "site": "https://clinic.app.100ms.live"})
    from televisit.providers import Room

    policy = PROVIDERS[name](account).policy(Room("visit-a-1", "https://clinic.daily.co/visit-a-1"))

    for source in (source for found in policy.sources.values() for source in found):
        assert source.startswith(("https://", "wss://")) or source in {"blob:", "data:"}
    assert all(origin.startswith("https://") and "*" not in origin for origin in policy.camera_origins)


def test_a_good_account_passes_the_check(provider):
    provider.check()


def test_credentials_are_not_in_what_is_printed(service):
    shown = repr(service.account)

    for value in service.given_credentials().values():
        assert value not in shown or value == service.origin
