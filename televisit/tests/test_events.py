"""What happened in a visit is only ever added to."""

import pytest
from django.db import DatabaseError, connection, transaction
from django.utils import timezone

from televisit.models import VisitEvent
from televisit.tests.factories import a_visit

pytestmark = pytest.mark.django_db


def event_of_a_visit():
    return a_visit().events.get()


@pytest.mark.parametrize(
    "change", ["kind = 'ended'", "at = now()", "note = 'never happened'", "visit_id = visit_id + 1", "actor_id = NULL"]
)
def test_an_event_is_not_edited_even_by_sql(change):
    event = event_of_a_visit()

    with pytest.raises(DatabaseError, match="cannot be changed"), transaction.atomic(), connection.cursor() as cursor:
        cursor.execute(f"UPDATE televisit_visitevent SET {change} WHERE id = %s", [event.pk])

    assert VisitEvent.objects.get().kind == event.kind


def test_an_event_is_not_deleted():
    event = event_of_a_visit()

    with pytest.raises(DatabaseError, match="cannot be changed"), transaction.atomic():
        event.delete()

    assert VisitEvent.objects.exists()


def test_that_it_was_told_is_noted_on_it():
    a_visit().record(VisitEvent.Kind.SOON, at=timezone.now())

    VisitEvent.objects.unannounced().update(announced_at=timezone.now())

    assert not VisitEvent.objects.unannounced().exists()


@pytest.mark.parametrize(("kind", "waits"), [(VisitEvent.Kind.SOON, 1), (VisitEvent.Kind.DEVICE_CHECK, 0)])
def test_only_what_people_are_told_waits_to_be_told(kind, waits):
    a_visit().record(kind, at=timezone.now())

    assert VisitEvent.objects.unannounced().count() == waits
