"""Two people at the same moment in one visit, each on a connection of their own to a real PostgreSQL."""

from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from threading import Event
from typing import Any

import pytest
from django.db import connection, transaction
from django.utils import timezone

from televisit.errors import WasRemoved
from televisit.models import Attendance, Participant, Visit, VisitEvent

from .factories import a_visit, both_in

pytestmark = pytest.mark.django_db(transaction=True)
LONG_ENOUGH = 30  # seconds


def on_own_connection(call: Callable[[], Any]) -> Any:
    try:
        return call()
    finally:
        connection.close()


def while_held(lock: Callable[[], Any], *, others: Callable[[], Any], then: Callable[[], Any]) -> None:
    """One transaction takes `lock`; `others` run to their end meanwhile; the transaction goes on with `then`."""
    held, others_are_done = Event(), Event()

    def first() -> None:
        with transaction.atomic():
            lock()
            held.set()
            assert others_are_done.wait(LONG_ENOUGH)
            then()

    def second() -> None:
        assert held.wait(LONG_ENOUGH)
        with transaction.atomic():
            with connection.cursor() as cursor:
                cursor.execute("SET LOCAL lock_timeout = '3s'")
            others()

    def second_and_tell() -> None:
        try:
            second()
        finally:
            others_are_done.set()

    with ThreadPoolExecutor(2) as pool:
        runs = [pool.submit(on_own_connection, call) for call in (first, second_and_tell)]
    for run in runs:
        run.result()


def test_somebody_leaves_while_the_visit_is_being_ended():
    visit = a_visit()
    _doctor, patient = both_in(visit)
    attendance = Attendance.objects.select_related("participant__user", "participant__visit").get(participant=patient)
    ending, at = Visit.objects.with_parties().get(), timezone.now()

    while_held(ending.lock, others=lambda: attendance.leave(at=at), then=lambda: ending.end(by=None, at=at))

    assert visit.events.filter(kind=VisitEvent.Kind.LEFT).count() == 1
    assert Visit.objects.get().status == Visit.Status.ENDED


def test_somebody_is_removed_while_they_come_in():
    visit = a_visit()
    _doctor, patient = both_in(visit)
    coming = Participant.objects.select_related("user").get(pk=patient.pk)
    coming.visit, at = Visit.objects.with_parties().get(), timezone.now()

    def come_in() -> None:
        with pytest.raises(WasRemoved):
            coming.enter(at=at)

    while_held(coming.visit.lock, others=lambda: patient.remove(by=visit.host.user, at=at), then=come_in)

    assert Participant.objects.get(pk=patient.pk).is_removed
