import pytest
import time_machine

from .pages import NOON


@pytest.fixture
def clock():
    """Stands at NOON; the test may move it."""
    with time_machine.travel(NOON, tick=False) as traveller:
        yield traveller
