"""Whether worker and beat are alive: each leaves the time in Redis, for the metrics and for the desk.

For a page or alert: `silent()` gives the names of those that have not been heard of for `LATE_SECONDS`.
"""

import time

from django.core.cache import cache
from redis.exceptions import RedisError

WORKER, BEAT = "worker", "beat"
LATE_SECONDS = 90
KEPT_SECONDS = 86_400


def beat_of(name: str) -> str:
    return f"heartbeat-{name}"


def note(name: str) -> None:
    """`name` is alive now."""
    cache.set(beat_of(name), time.time(), KEPT_SECONDS)


def seconds_since() -> dict[str, float | None]:
    """How long ago each was heard of; None: not for a day, or Redis is away and nobody knows. One question to Redis."""
    names = {beat_of(name): name for name in (WORKER, BEAT)}
    try:
        heard, now = cache.get_many(names), time.time()
    except RedisError:
        heard, now = {}, 0.0
    return {name: max(0.0, now - heard[key]) if key in heard else None for key, name in names.items()}


def silent() -> list[str]:
    """Those that should be looked after: "worker" does no tasks, "beat" starts none. Empty when all is well."""
    return [name for name, ago in seconds_since().items() if ago is None or ago > LATE_SECONDS]
