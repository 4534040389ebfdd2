"""Video services on this machine, for the tests of what the portal does with them."""

import pytest

from televisit.providers import http
from televisit.tests.providers.fakes import FakeDaily, FakeHms, FakeLiveKit


@pytest.fixture
def on_loopback(settings, monkeypatch):
    """Services on this machine may be spoken to without TLS; nobody waits between tries."""
    settings.VIDEO_HTTP_ON_LOOPBACK = True
    monkeypatch.setattr(http, "pause", [].append)


@pytest.fixture
def livekit(on_loopback):
    with FakeLiveKit() as fake:
        yield fake


@pytest.fixture
def daily(on_loopback):
    with FakeDaily() as fake:
        yield fake


@pytest.fixture
def hms(on_loopback):
    with FakeHms() as fake:
        yield fake


@pytest.fixture
def tasks_at_once(settings, django_capture_on_commit_callbacks):
    """Runs what was queued, as a worker would."""
    settings.CELERY_TASK_ALWAYS_EAGER = True
    return lambda: django_capture_on_commit_callbacks(execute=True)
