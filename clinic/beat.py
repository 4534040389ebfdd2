"""The schedule's clock: ``celery -A clinic beat``, one at a time however many are started."""

from typing import Any

from django.conf import settings
from django_celery_beat.schedulers import DatabaseScheduler
from redis import Redis
from redis.exceptions import LockError

from clinic import heartbeats

LOCK = "beat"  # the Redis key; its presence tells the container's health check that the clock ticks
LOCK_SECONDS = 20
STANDBY_SECONDS = 2.0


class SingleScheduler(DatabaseScheduler):
    """The schedule of the database; a second clock stands by until the first one's lock is gone."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.lock = Redis.from_url(settings.REDIS_URL).lock(LOCK, timeout=LOCK_SECONDS, blocking=False)

    def tick(self, *args: Any, **kwargs: Any) -> float:
        """Send what is due. Returns the seconds until it should be called again."""
        if not self.is_first():
            return STANDBY_SECONDS
        heartbeats.note(heartbeats.BEAT)
        return super().tick(*args, **kwargs)

    def is_first(self) -> bool:
        """Whether we hold the lock, and if so for its full time again."""
        try:
            return self.lock.reacquire()
        except LockError:  # we never had it, or lost it
            return self.lock.acquire()

    def close(self) -> None:
        """Let the next clock start at once. One that was killed is waited for."""
        super().close()
        if self.lock.owned():
            self.lock.release()
