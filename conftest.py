import pytest
from redis import Redis


@pytest.fixture(autouse=True)
def empty_redis(settings):
    """Each test starts with nothing in the cache, the queue and the channel layer."""
    with Redis.from_url(settings.REDIS_URL) as client:
        client.flushdb()


@pytest.fixture(autouse=True)
def quick_passwords(settings):
    """Hashing a password well takes a tenth of a second, which tests do not have."""
    settings.PASSWORD_HASHERS = ["django.contrib.auth.hashers.MD5PasswordHasher"]
