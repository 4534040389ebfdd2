"""The room of a visit at a video service: opened, left for another, and entered."""

from datetime import timedelta
from threading import Thread

import pytest
from django.db import connection
from django.utils import timezone

from televisit import tasks
from televisit.errors import VisitIsCancelled, VisitIsOver, WasRemoved
from televisit.models import Integration, Participant, Visit, VisitEvent, VisitRoom
from televisit.providers.livekit import LiveKit
from televisit.tests.at_services import entry, opened
from televisit.tests.factories import a_seat_of_the_patient, a_visit, a_visit_at, an_integration
from televisit.tests.providers.fakes import NoEntry

pytestmark = pytest.mark.django_db
IN_TWO_HOURS = timedelta(hours=2)


def doctor_of(visit):
    seat = visit.take_seat(visit.host.user, at=timezone.now())
    seat.visit = visit
    return seat


# Opening


def test_without_a_service_the_room_is_our_own(client):
    visit = a_visit()

    room = opened(visit)

    assert (room.provider, room.is_own, room.is_open) == ("webrtc", True, True)


def test_the_service_that_comes_first_holds_the_visit(livekit, daily):
    visit = a_visit_at(daily, livekit)

    room = opened(visit)

    assert room.provider == "daily"
    assert (visit.provider, visit.room) == ("daily", room.name)
    assert list(livekit.calls) == []


def test_a_room_is_opened_once(livekit):
    visit = a_visit_at(livekit)

    assert opened(visit) == opened(visit)

    assert len(livekit.rooms) == VisitRoom.objects.count() == 1


def test_the_name_of_a_room_gives_nothing_away(livekit):
    visit = a_visit_at(livekit)

    name = opened(visit).name

    assert visit.code not in name
    assert visit.appointment.reference not in name
    assert visit.appointment.patient.family_name.lower() not in name.lower()


def test_services_of_another_clinic_and_those_not_in_use_are_not_asked(livekit, daily):
    visit = a_visit()
    an_integration(a_visit().clinic, livekit)
    an_integration(visit.clinic, daily, is_active=False)

    assert opened(visit).is_own

    assert not livekit.calls
    assert not daily.calls


def test_a_room_is_opened_before_the_door_opens(livekit, settings):
    near, far = a_visit_at(livekit, starts_in=timedelta(minutes=20)), a_visit(starts_in=IN_TWO_HOURS)
    an_integration(far.clinic, livekit)
    settings.CELERY_TASK_ALWAYS_EAGER = True

    tasks.open_rooms()
    tasks.open_rooms()

    assert VisitRoom.objects.get().visit == near


def test_nobody_opens_a_room_for_a_visit_that_is_over(livekit):
    visit = a_visit_at(livekit, starts_in=-IN_TWO_HOURS)

    with pytest.raises(VisitIsOver):
        opened(visit)

    assert not VisitRoom.objects.exists()
    tasks.open_room(visit.pk)  # says nothing


# When a service fails


@pytest.mark.parametrize("mood", ["429", "500", "garbage", "wrong shape", "hangs up", "elsewhere"])
def test_the_next_service_takes_over_from_one_that_fails(livekit, daily, mood):
    visit = a_visit_at(daily, livekit)
    daily.mood = mood

    assert opened(visit).provider == "livekit"

    assert [row.provider for row in VisitRoom.objects.in_use()] == ["livekit"]
    event = visit.events.get(kind=VisitEvent.Kind.FAILED_OVER)
    assert event.note.startswith("daily: The video service")


def test_our_own_rooms_come_last(livekit, daily):
    visit = a_visit_at(daily, livekit)
    daily.mood = livekit.mood = "500"

    assert opened(visit).is_own

    assert visit.rooms.given_up().count() == 2


def test_a_wrong_key_costs_no_visit(livekit):
    visit = a_visit_at(livekit)
    Integration.objects.update(credentials={"api_key": "APIkey", "api_secret": "x" * 40})

    assert opened(visit).is_own


def test_a_service_that_no_longer_exists_here_costs_no_visit(livekit):
    visit = a_visit_at(livekit)
    Integration.objects.update(provider="gone-with-an-update")

    assert opened(visit).is_own


def test_a_key_that_was_changed_is_used_at_once(livekit):
    visit, later = a_visit_at(livekit), a_visit()
    contract = visit.clinic.integrations.get()
    contract.keep_credentials({"api_key": "APIkey", "api_secret": "x" * 40})
    assert opened(visit).is_own

    contract.keep_credentials(livekit.given_credentials())
    Visit.objects.filter(pk=later.pk).update(clinic=visit.clinic)
    later.refresh_from_db()

    assert opened(later).provider == "livekit"


def test_the_service_fails_when_somebody_enters_and_all_come_into_the_next_room(daily, livekit):
    visit = a_visit_at(daily, livekit)
    seat, doctor = a_seat_of_the_patient(visit, admitted=True), doctor_of(visit)
    assert entry(doctor).provider == "daily"
    daily.mood = "500"

    assert entry(seat).provider == "livekit"

    assert entry(doctor).provider == "livekit"
    assert VisitRoom.objects.in_use().count() == 1


@pytest.mark.django_db(transaction=True)
def test_two_processes_open_one_room(livekit):
    visit, found = a_visit_at(livekit), []

    def come():
        found.append(opened(Visit.objects.with_parties().get(pk=visit.pk)).pk)
        connection.close()

    threads = [Thread(target=come) for _process in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()

    assert len(set(found)) == 1
    assert VisitRoom.objects.count() == len(livekit.rooms) == 1


def test_who_opens_the_room_second_has_the_one_of_the_first():
    visit = a_visit()
    row = VisitRoom.objects.claim(visit, at=timezone.now())
    same = VisitRoom.objects.claim(visit, at=timezone.now())

    assert row.settle(name="one", url="", most_people=4, at=timezone.now())
    assert not same.settle(name="other", url="", most_people=4, at=timezone.now())

    assert VisitRoom.objects.get().name == "one"


def test_a_room_that_opens_after_the_end_is_closed(livekit):
    visit = a_visit_at(livekit)
    row = VisitRoom.objects.claim(visit, at=timezone.now())
    visit.cancel(by=None, at=timezone.now())
    tasks.close_room(row.pk)  # of which the service knows nothing yet

    assert not row.settle(name="late", url="", most_people=4, at=timezone.now())

    assert VisitRoom.objects.left_over().get().name == "late"


def test_who_fails_to_open_a_room_does_not_close_it_to_who_succeeded():
    visit = a_visit()
    row = VisitRoom.objects.claim(visit, at=timezone.now())
    same = VisitRoom.objects.claim(visit, at=timezone.now())
    row.settle(name="one", url="", most_people=4, at=timezone.now())

    assert not same.give_up("It did not answer.", at=timezone.now())

    assert VisitRoom.objects.get().is_open
    assert not visit.events.filter(kind=VisitEvent.Kind.FAILED_OVER).exists()


# Entering


def test_only_who_was_admitted_enters_and_the_service_hears_the_role_alone(livekit):
    visit = a_visit_at(livekit)
    seat = a_seat_of_the_patient(visit)

    waits = entry(seat)
    seat.admit(by=visit.host.user, at=timezone.now())
    enters = entry(seat)

    assert (waits.provider, waits.kind, waits.url[-len(visit.code) - 1 : -1]) == ("livekit", "waiting", visit.code)
    with pytest.raises(NoEntry):
        livekit.enter(waits)
    assert livekit.enter(enters) is False
    claims = livekit.claims(enters.token)
    assert (claims["sub"], claims["name"]) == (seat.uid, "Patient")
    assert livekit.enter(entry(doctor_of(visit))) is True


def test_the_service_hears_names_if_the_clinic_says_so(livekit):
    visit = a_visit_at(livekit)
    Integration.objects.update(options={"show_names": True})

    token = entry(a_seat_of_the_patient(visit, admitted=True)).token

    assert livekit.claims(token)["name"] == str(visit.appointment.patient)


@pytest.mark.parametrize(
    ("happens", "refusal"),
    [
        (lambda seat: seat.remove(by=seat.visit.host.user, at=timezone.now()), WasRemoved),
        (lambda seat: seat.visit.cancel(by=seat.visit.host.user, at=timezone.now()), VisitIsCancelled),
    ],
)
def test_nobody_is_handed_an_entry_that_came_too_late(livekit, monkeypatch, happens, refusal):
    visit = a_visit_at(livekit)
    seat = a_seat_of_the_patient(visit, admitted=True)
    opened(visit)
    join = LiveKit.join

    def slow(service, *args, **facts):
        happens(Participant.objects.get(pk=seat.pk))
        return join(service, *args, **facts)

    monkeypatch.setattr(LiveKit, "join", slow)

    with pytest.raises(refusal):
        entry(seat)


def test_what_somebody_enters_with_ends_with_the_visit(livekit):
    visit = a_visit_at(livekit)
    Visit.objects.update(expires_at=timezone.now() + timedelta(minutes=2))
    visit.refresh_from_db()

    assert entry(doctor_of(visit)).expires_at == visit.expires_at


def test_a_program_enters_the_room_of_a_service(client, livekit):
    visit = a_visit_at(livekit)
    a_seat_of_the_patient(visit, admitted=True)
    client.force_login(visit.appointment.patient.user)

    answer = client.post(f"/api/v1/televisits/{visit.uid}/token/", {}, "application/json").json()

    assert (answer["provider"], answer["kind"]) == ("livekit", "sdk")
    assert answer["url"] == livekit.address.replace("http", "ws")


def test_more_than_four_people_fit_where_the_service_has_room(livekit):
    visit = a_visit_at(livekit)
    opened(visit)

    for number in range(5):
        seat = visit.seat_guest(f"Guest {number}", role="relative")
        seat.admit(by=visit.host.user, at=timezone.now())
        seat.enter(at=timezone.now())

    assert visit.participants.present().count() == 5
