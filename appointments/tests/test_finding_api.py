"""Searching for times through the API."""

from datetime import UTC, datetime

import pytest
import time_machine

from .factories import SlotFactory

pytestmark = pytest.mark.django_db


@pytest.mark.parametrize(
    ("query", "found"),
    [
        ("day=2026-06-08&tz=Europe/Lisbon", ["2026-06-08T09:00:00+01:00", "2026-06-08T19:30:00+01:00"]),
        ("day=2026-06-09&tz=Asia/Kolkata", ["2026-06-09T00:00:00+05:30"]),
        ("part=evening&tz=Europe/Lisbon", ["2026-06-08T19:30:00+01:00"]),
        ("part=early-afternoon&tz=Europe/Lisbon", []),
    ],
)
def test_day_and_part_of_day_are_by_the_clock_asked_for(client, query, found):
    with time_machine.travel(datetime(2026, 6, 7, 12, tzinfo=UTC), tick=False):
        for hour, minute in ((8, 0), (18, 30)):
            SlotFactory(begins=datetime(2026, 6, 8, hour, minute, tzinfo=UTC))

        answer = client.get(f"/api/v1/slots/?{query}").json()

    assert [slot["start"] for slot in answer["results"]] == found


def test_a_doctors_slots_take_one_query_of_slots(client, django_assert_max_num_queries):
    slot = SlotFactory()

    with django_assert_max_num_queries(6) as queries:
        client.get(f"/api/v1/doctors/{slot.doctor.slug}/slots/?day={slot.starts_at:%Y-%m-%d}")

    assert len([each for each in queries if '"appointments_slot"' in each["sql"]]) == 1
