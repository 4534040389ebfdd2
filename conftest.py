import hypothesis
import pytest
from django.core.cache import caches
from django.db import connection
from redis import Redis

LET_TABLES_BE_EMPTIED = """
DO $$
DECLARE
    guard record;
BEGIN
    FOR guard IN SELECT tgrelid::regclass AS place, tgname AS name FROM pg_trigger WHERE tgtype & 32 <> 0 LOOP
        EXECUTE format('ALTER TABLE %s DISABLE TRIGGER %I', guard.place, guard.name);
    END LOOP;
END $$
"""  # 32: before TRUNCATE
BINDINGS = b"_kombu."  # which Celery makes once a process, and never again

slow = hypothesis.HealthCheck.too_slow  # which a busy machine is
hypothesis.settings.register_profile("suite", derandomize=True, deadline=None, suppress_health_check=[slow])
hypothesis.settings.load_profile("suite")


@pytest.fixture(scope="session")
def django_db_setup(django_db_setup, django_db_blocker):
    """After tests that commit, all tables are emptied, which some refuse at work."""
    with django_db_blocker.unblock(), connection.cursor() as cursor:
        cursor.execute(LET_TABLES_BE_EMPTIED)


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


@pytest.fixture
def call(client):
    """Call the API as a user."""

    def make(user, method, address, body=None, **headers):
        client.force_login(user)
        return getattr(client, method)(f"/api/v1/{address}", body, content_type="application/json", headers=headers)

    return make
