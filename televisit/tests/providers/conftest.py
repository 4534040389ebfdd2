import pytest

from televisit.providers import http

from .fakes import FAKES


@pytest.fixture(autouse=True)
def loopback(settings, monkeypatch):
    """Services on this machine may be spoken to without TLS; nobody waits between tries. Gives the pauses."""
    settings.VIDEO_HTTP_ON_LOOPBACK = True
    pauses = []
    monkeypatch.setattr(http, "pause", pauses.append)
    return pauses


@pytest.fixture(params=FAKES)
def service(request):
    """Each video service in turn, as a fake of it."""
    with FAKES[request.param]() as fake:
        yield fake


@pytest.fixture
def provider(service):
    return service.provider(service.account)
