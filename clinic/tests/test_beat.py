from datetime import timedelta

import pytest
from django.utils import timezone
from django_celery_beat.models import IntervalSchedule, PeriodicTask
from redis import Redis

from clinic import celery_app
from clinic.beat import LOCK, LOCK_SECONDS, STANDBY_SECONDS, SingleScheduler


def clock():
    return SingleScheduler(app=celery_app, lazy=True)


@pytest.fixture
def redis(settings):
    with Redis.from_url(settings.REDIS_URL) as client:
        yield client


@pytest.mark.django_db(transaction=True)
def test_only_the_first_clock_sends_what_is_due(redis, monkeypatch):
    monkeypatch.setattr(SingleScheduler, "setup_schedule", lambda _self: None)  # nothing else comes due meanwhile
    each_second = IntervalSchedule.objects.create(every=1, period=IntervalSchedule.SECONDS)
    long_ago = timezone.now() - timedelta(days=1)
    PeriodicTask.objects.create(name="due", task="celery.backend_cleanup", interval=each_second, last_run_at=long_ago)
    first, second = clock(), clock()

    first.tick()
    wait = second.tick()

    assert wait == STANDBY_SECONDS
    assert redis.llen("celery") == 1


def test_a_clock_that_ends_lets_the_next_one_start_at_once():
    first, second = clock(), clock()
    assert first.is_first()
    assert not second.is_first()

    first.close()

    assert second.is_first()


def test_the_lock_of_a_killed_clock_runs_out(redis):
    first, second = clock(), clock()
    assert first.is_first()
    assert 0 < redis.ttl(LOCK) <= LOCK_SECONDS

    redis.delete(LOCK)

    assert second.is_first()
    assert not first.is_first()


def test_a_clock_holds_the_lock_for_its_full_time_again(redis):
    first = clock()
    first.is_first()
    redis.expire(LOCK, 1)

    assert first.is_first()
    assert redis.ttl(LOCK) > LOCK_SECONDS - 5


def test_ending_leaves_the_lock_of_another_clock_alone(redis):
    first, second = clock(), clock()
    first.is_first()

    second.close()

    assert redis.exists(LOCK)
