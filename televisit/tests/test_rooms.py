"""The room of a visit at a video service: opened, entered, left for another, extended and closed."""

import json
from datetime import timedelta
from threading import Thread

import pytest
from django.db import connection
from django.urls import reverse
from django.utils import timezone

from televisit import rooms, tasks
from televisit.errors import VisitIsCancelled, VisitIsOver, WasRemoved
from televisit.models import Integration, Participant, Visit, VisitEvent, VisitRoom
from televisit.providers.livekit import LiveKit
from televisit.tests.factories import a_seat_of_the_patient, a_visit, a_visit_at, an_integration, both_in
from televisit.tests.providers.fakes import NoEntry

pytestmark = pytest.mark.django_db
IN_TWO_HOURS = timedelta(hours=2)


def opened(visit):
    return rooms.open_room(visit, at=timezone.now())


def entry(seat):
    return rooms.way_in(seat, at=timezone.now())


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


# The room's page


def test_the_page_lets_in_the_services_sources_and_no_others(client, livekit):
    visit, other = a_visit_at(livekit), a_visit()
    client.force_login(visit.host.user)

    page = client.get(reverse("televisit:room", args=[visit.code]))
    door = client.get(reverse("televisit:door", args=[visit.code]))
    client.force_login(other.host.user)
    own = client.get(reverse("televisit:room", args=[other.code]))

    assert livekit.origin in page["Content-Security-Policy"]
    assert "js/room/embed" in page.content.decode()
    for response in (door, own):
        assert livekit.origin not in response["Content-Security-Policy"]


def test_frames_of_the_service_may_use_the_camera_on_that_page_only(client, daily):
    visit = a_visit_at(daily)
    client.force_login(visit.host.user)

    page = client.get(reverse("televisit:room", args=[visit.code]))
    door = client.get(reverse("televisit:door", args=[visit.code]))

    policy = page["Permissions-Policy"]
    origin = visit.rooms.get().url.rpartition("/")[0]
    assert f'camera=(self "{origin}")' in policy
    assert "frame-src" in page["Content-Security-Policy"]
    assert "camera=()" in door["Permissions-Policy"]
    assert "frame-src" not in door["Content-Security-Policy"]


def test_the_doctor_reads_which_service_failed_and_the_patient_does_not(client, livekit):
    visit = a_visit_at(livekit)
    a_seat_of_the_patient(visit)
    livekit.mood = "500"
    client.force_login(visit.host.user)

    page = client.get(reverse("televisit:room", args=[visit.code])).content.decode()
    client.force_login(visit.appointment.patient.user)
    of_patient = client.get(reverse("televisit:room", args=[visit.code])).content.decode()

    assert "The video did not work with LiveKit." in page
    assert "LiveKit" not in of_patient


def test_the_doctor_moves_the_visit_to_the_next_room(client, livekit):
    visit = a_visit_at(livekit)
    opened(visit)
    client.force_login(visit.host.user)

    client.post(reverse("televisit:other-room", args=[visit.code]))
    client.post(reverse("televisit:other-room", args=[visit.code]))
    client.get(reverse("televisit:room", args=[visit.code]))

    assert visit.rooms.in_use().get().is_own
    event = visit.events.get(kind=VisitEvent.Kind.FAILED_OVER)
    assert event.actor == visit.host.user


# The end is ours


def test_the_end_puts_everybody_out_of_the_room(livekit, tasks_at_once):
    visit = a_visit_at(livekit)
    room = opened(visit)
    doctor, patient = both_in(visit)
    livekit.enter(entry(patient))

    with tasks_at_once():
        visit.end(by=doctor.user, at=timezone.now())

    assert not livekit.present(room)
    assert not livekit.rooms
    room.refresh_from_db()
    assert room.gone_at is not None
    with pytest.raises(VisitIsOver):
        entry(patient)


def test_the_end_of_the_time_closes_the_room(livekit, tasks_at_once):
    visit = a_visit_at(livekit)
    opened(visit)

    with tasks_at_once():
        visit.expire(at=visit.expires_at)

    assert not livekit.rooms


def test_a_service_that_is_away_at_the_end_is_told_later(livekit, tasks_at_once):
    visit = a_visit_at(livekit)
    room = opened(visit)
    visit.cancel(by=None, at=timezone.now())
    assert VisitRoom.objects.left_over().get() == room

    tasks.close_room(room.pk)
    tasks.close_room(room.pk)

    assert not livekit.rooms
    assert not VisitRoom.objects.left_over().exists()


def test_who_is_removed_is_put_out_of_the_room(livekit, tasks_at_once):
    visit = a_visit_at(livekit)
    room = opened(visit)
    patient = a_seat_of_the_patient(visit, admitted=True)
    old = entry(patient)
    livekit.enter(old)

    with tasks_at_once():
        patient.remove(by=visit.host.user, at=timezone.now())

    assert not livekit.present(room)
    with pytest.raises(NoEntry):
        livekit.enter(old)


def test_the_room_stays_open_when_the_doctor_adds_time(livekit, tasks_at_once):
    visit = a_visit_at(livekit)
    room = opened(visit)
    doctor, _patient = both_in(visit)
    before = livekit.rooms[room.name]["empty_timeout"]

    with tasks_at_once():
        visit.extend(15, by=doctor.user, at=timezone.now())

    assert livekit.rooms[room.name]["empty_timeout"] >= before + 14 * 60


def test_a_visit_whose_room_closed_before_the_time_was_added_gets_another(daily, livekit, tasks_at_once):
    visit = a_visit_at(daily, livekit)
    opened(visit)
    doctor, _patient = both_in(visit)
    daily.rooms.clear()

    with tasks_at_once():
        visit.extend(15, by=doctor.user, at=timezone.now())

    assert opened(visit).provider == "livekit"


def test_a_visit_that_moves_leaves_its_room(livekit, tasks_at_once):
    visit = a_visit_at(livekit)
    opened(visit)
    with tasks_at_once():
        visit.record(VisitEvent.Kind.MOVED, at=timezone.now())
    assert not livekit.rooms

    assert opened(visit).attempt == 2


def test_a_visit_that_is_opened_again_has_a_room_of_its_own_again(livekit, tasks_at_once):
    visit = a_visit_at(livekit)
    opened(visit)
    doctor, _patient = both_in(visit)
    with tasks_at_once():
        visit.end(by=doctor.user, at=timezone.now())

    visit.reopen(by=doctor.user, at=timezone.now())
    room = opened(visit)

    assert (room.provider, room.attempt) == ("livekit", 2)
    assert list(livekit.rooms) == [room.name]


def test_credentials_are_encrypted_and_nowhere_to_be_read(livekit):
    contract = an_integration(a_visit().clinic, livekit)

    with connection.cursor() as cursor:
        cursor.execute("SELECT credentials FROM televisit_integration WHERE id = %s", [contract.pk])
        stored = bytes(cursor.fetchone()[0])

    secret = livekit.given_credentials()["api_secret"]
    assert secret.encode() not in stored
    assert secret not in f"{contract!r} {contract} {rooms.account_of(contract)!r}"
    assert secret in json.dumps(Integration.objects.get(pk=contract.pk).credentials)
