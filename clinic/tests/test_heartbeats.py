"""Worker and beat leave the time; who is not heard of is named."""

import pytest
import time_machine

from clinic import celery_app, heartbeats
from clinic.beat import SingleScheduler
from clinic.tasks import heartbeat

pytestmark = pytest.mark.django_db


def test_nobody_was_heard_of_yet():
    assert heartbeats.seconds_since() == {"worker": None, "beat": None}
    assert heartbeats.silent() == ["worker", "beat"]


def test_the_worker_is_heard_of_by_a_task():
    heartbeat()

    assert heartbeats.silent() == ["beat"]


@pytest.mark.django_db(transaction=True)
def test_beat_is_heard_of_when_it_ticks_and_only_from_the_one_that_does(monkeypatch):
    monkeypatch.setattr(SingleScheduler, "setup_schedule", lambda _self: None)
    first, second = (SingleScheduler(app=celery_app, lazy=True) for _clock in range(2))
    first.tick()
    heartbeats.cache.delete(heartbeats.beat_of("beat"))

    second.tick()
    assert heartbeats.seconds_since()["beat"] is None


def test_who_falls_silent_is_late_after_a_while():
    with time_machine.travel("2026-11-20 08:00Z", tick=False) as clock:
        heartbeats.note("worker")
        heartbeats.note("beat")
        clock.shift(heartbeats.LATE_SECONDS)
        still, __ = heartbeats.silent(), heartbeats.note("beat")
        clock.shift(1)

        assert still == []
        assert heartbeats.silent() == ["worker"]


def test_without_redis_nobody_knows(settings):
    nowhere = {"BACKEND": "django.core.cache.backends.redis.RedisCache", "LOCATION": "redis://127.0.0.1:1/0"}
    settings.CACHES = {"default": nowhere}

    assert heartbeats.silent() == ["worker", "beat"]
