"""Rooms at a service and rooms of visits: what does not agree is listed and closed."""

from datetime import timedelta

import pytest
from django.core.management import CommandError, call_command
from django.utils import timezone

from televisit import rooms, tasks
from televisit.models import Integration, VisitRoom
from televisit.providers.errors import ProviderError
from televisit.providers.livekit import LiveKit
from televisit.tests.factories import a_visit_at

pytestmark = pytest.mark.django_db
EARLIER = timedelta(minutes=5)


@pytest.fixture
def room(livekit):
    """The open room of a visit, opened a while ago."""
    opened = rooms.open_room(a_visit_at(livekit), at=timezone.now())
    VisitRoom.objects.update(opened_at=timezone.now() - EARLIER)
    return opened


def said(capsys, command, *options):
    call_command(command, *options)
    return capsys.readouterr().out


def test_all_agrees(capsys, room, livekit):
    assert "all agrees" in said(capsys, "reconcile_rooms")

    assert room.name in livekit.rooms


def test_a_room_in_which_no_visit_is_is_listed_and_closed(capsys, room, livekit):
    stray = f"{rooms.room_prefix()}STRAY"
    livekit.rooms[stray] = {"name": stray}

    assert f"not ours: {stray}" in said(capsys, "reconcile_rooms", "--dry-run")
    assert stray in livekit.rooms
    said(capsys, "reconcile_rooms")
    assert list(livekit.rooms) == [room.name]

    assert "all agrees" in said(capsys, "reconcile_rooms")


def test_rooms_of_others_at_the_same_service_stay(capsys, room, livekit):
    livekit.rooms["team-meeting"] = {"name": "team-meeting"}

    assert "all agrees" in said(capsys, "reconcile_rooms")

    assert "team-meeting" in livekit.rooms


def test_a_visit_whose_room_the_service_lost_gets_another(capsys, room, livekit):
    livekit.rooms.clear()

    assert f"gone: {room.name}" in said(capsys, "reconcile_rooms")

    assert rooms.open_room(room.visit, at=timezone.now()).is_own


def test_a_room_that_was_opened_a_moment_ago_is_not_missed(capsys, room, livekit):
    livekit.rooms.clear()
    VisitRoom.objects.update(opened_at=timezone.now())

    assert "all agrees" in said(capsys, "reconcile_rooms")


def test_a_room_that_is_being_opened_is_not_taken_for_somebody_elses(capsys, room, livekit):
    VisitRoom.objects.update(opened_at=None, name="")

    assert "all agrees" in said(capsys, "reconcile_rooms")

    assert room.name in livekit.rooms


def test_what_the_service_did_not_close_at_the_end_is_closed_later(capsys, room, livekit, settings):
    room.visit.cancel(by=None, at=timezone.now())
    Integration.objects.update(is_active=False)
    settings.CELERY_TASK_ALWAYS_EAGER = True

    tasks.reconcile_all_rooms()
    tasks.reconcile_all_rooms()

    assert not livekit.rooms
    assert VisitRoom.objects.get().gone_at is not None


def test_a_room_that_the_service_does_not_close_keeps_no_other_open(room, livekit, monkeypatch):
    stubborn, stray = (f"{rooms.room_prefix()}{name}" for name in ("A", "B"))
    livekit.rooms |= {stubborn: {"name": stubborn}, stray: {"name": stray}}
    end = LiveKit.end

    def refusing(service, gone):
        if gone.name == stubborn:
            raise ProviderError
        end(service, gone)

    monkeypatch.setattr(LiveKit, "end", refusing)

    with pytest.raises(CommandError):
        call_command("reconcile_rooms")

    assert set(livekit.rooms) == {room.name, stubborn}


def test_a_service_that_cannot_be_asked_is_named_and_ends_with_an_error(capsys, room, livekit):
    livekit.mood = "500"

    with pytest.raises(CommandError, match=r"1 service\(s\)"):
        call_command("reconcile_rooms")

    assert "does not answer" in capsys.readouterr().out


def test_check_video_says_what_works(capsys, room):
    out = said(capsys, "check_video")

    assert out.startswith("ok")
    assert Integration.objects.get().tested_at is not None
    assert said(capsys, "check_video", "--clinic", "another") == ""


def test_check_video_says_in_words_what_is_wrong(capsys, room):
    Integration.objects.update(credentials={"api_key": "APIkey", "api_secret": "x" * 40})

    with pytest.raises(CommandError):
        call_command("check_video")

    assert "refused the key" in capsys.readouterr().out
    assert "refused the key" in Integration.objects.get().problem
