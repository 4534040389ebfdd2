"""Staff may do in the admin what access_table.txt says, and every model of the admin has its row there."""

from collections.abc import Iterator
from typing import Any

import pytest
from django.db import transaction

from clinic.tests.access import Row, World, managed, read_table

pytestmark = pytest.mark.django_db

ROWS = [row for row in read_table() if row.is_admin]


@pytest.fixture(scope="module")
def world(django_db_setup: None, django_db_blocker: Any) -> Iterator[World]:
    """Made once; each test sees it through its own savepoint."""
    with django_db_blocker.unblock(), transaction.atomic():
        yield World()
        transaction.set_rollback(True)


def test_every_model_has_its_row() -> None:
    assert {row.route for row in ROWS} == managed()


@pytest.mark.parametrize("row", ROWS, ids=str)
def test_everybody_may_do_what_the_table_says(world: World, row: Row) -> None:
    assert {who: world.manage(row, who) for who in row.expected} == row.expected
