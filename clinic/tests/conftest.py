from collections.abc import Iterator
from typing import Any

import pytest
from django.db import transaction

from clinic.tests.access import World


@pytest.fixture(scope="module")
def world(django_db_setup: None, django_db_blocker: Any) -> Iterator[World]:
    """Made once for a module; each test sees it through its own savepoint."""
    with django_db_blocker.unblock(), transaction.atomic():
        yield World()
        transaction.set_rollback(True)
