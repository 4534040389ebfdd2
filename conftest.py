import hypothesis
import pytest
from django.core.cache import caches
from redis import Redis

BINDINGS = b"_kombu."  # which Celery makes once a process, and never again

slow = hypothesis.HealthCheck.too_slow  # which a busy machine is
hypothesis.settings.register_profile("suite", derandomize=True, deadline=None, suppress_health_check=[slow])
hypothesis.settings.load_profile("suite")


@pytest.fixture(autouse=True)
def empty_redis(settings):
    """Each test starts with nothing in the cache, the queue and the channel layer."""
    with Redis.from_url(settings.REDIS_URL) as client:
        left = [key for key in client.scan_iter(count=1000) if not key.startswith(BINDINGS)]
        client.delete("none", *left)
    caches["process"].clear()


@pytest.fixture(autouse=True)
def quick_passwords(settings):
    """Hashing a password well takes a tenth of a second, which tests do not have."""
    settings.PASSWORD_HASHERS = ["django.contrib.auth.hashers.MD5PasswordHasher"]
