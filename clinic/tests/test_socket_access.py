"""Everybody gets at every socket what access_table.txt says, and every socket has its row there."""

import pytest
from asgiref.sync import sync_to_async

from clinic.tests.access import Row, World, read_table, sockets
from televisit.tests.pages import in_loop

pytestmark = pytest.mark.django_db(transaction=True)

ROWS = [row for row in read_table() if row.is_socket]


def test_every_socket_has_its_row() -> None:
    assert {row.route for row in ROWS} == set(sockets())


@pytest.mark.parametrize("row", ROWS, ids=str)
@in_loop
async def test_everybody_hears_what_the_table_says(row: Row) -> None:
    world = await sync_to_async(World)()

    assert {who: await world.listen(row, who) for who in row.expected} == row.expected
