"""Several people at the same moment, each on a connection of their own; and what must hold afterwards."""

from collections import Counter
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from threading import Barrier
from typing import Any

from django.db import connection

from appointments.models import Appointment, Slot
from clinic.errors import RuleViolation


def at_once(*calls: Callable[[], Any]) -> Counter:
    """Run the calls in threads that start together; counts "done", and the refusals by their class."""
    barrier = Barrier(len(calls))

    def run(call: Callable[[], Any]) -> object:
        try:
            barrier.wait(timeout=30)
            call()
        except RuleViolation as refusal:
            return type(refusal)
        finally:
            connection.close()
        return "done"

    with ThreadPoolExecutor(len(calls)) as pool:
        return Counter(pool.map(run, calls))


def assert_sound() -> None:
    """Nothing overlaps, and each booked slot has exactly one appointment that occupies it, at its time."""
    active = list(Appointment.objects.active().filter(period__isnull=False))
    holders = Appointment.objects.exclude(status__in=["declined", "cancelled", "expired"]).filter(slot__isnull=False)
    booked = Slot.objects.filter(status=Slot.Status.BOOKED)
    assert sorted(holders.values_list("slot_id", "period")) == sorted(booked.values_list("pk", "period"))
    for one in active:
        for other in active:
            if one.pk < other.pk and one.period.lower < other.period.upper and other.period.lower < one.period.upper:
                assert one.patient_id != other.patient_id
                assert one.doctor_id != other.doctor_id or one.overbooked or other.overbooked
