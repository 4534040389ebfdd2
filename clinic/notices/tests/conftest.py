import pytest

from clinic.notices.tasks import deliver


@pytest.fixture
def queued(monkeypatch):
    """The deliveries that were queued; no worker sends them."""
    pks = []
    monkeypatch.setattr(deliver, "delay", pks.append)
    return pks
