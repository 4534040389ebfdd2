"""The end is ours: rooms at video services are extended, left and closed when the visit is, and people put out."""

import pytest
from django.utils import timezone

from televisit import tasks
from televisit.errors import VisitIsOver
from televisit.models import VisitEvent, VisitRoom
from televisit.tests.at_services import entry, opened
from televisit.tests.factories import a_seat_of_the_patient, a_visit_at, both_in
from televisit.tests.providers.fakes import NoEntry

pytestmark = pytest.mark.django_db


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
