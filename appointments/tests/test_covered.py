"""What a doctor offers under a visit that was not booked in it: not offered meanwhile, and again afterwards."""

from datetime import timedelta

import pytest
from django.utils import timezone

from appointments import hours
from appointments.models import Appointment, Slot
from clinic.people.tests.factories import PatientFactory, StaffFactory

from .factories import AvailabilityFactory, SlotFactory, TimeOffFactory, booked

pytestmark = pytest.mark.django_db


def over(slot: Slot) -> Appointment:
    """A visit that staff put on the time of `slot`."""
    facts = {"doctor": slot.doctor, "patient": PatientFactory(), "by": StaffFactory(), "at": timezone.now()}
    return Appointment.objects.book_at(slot.period, because="Both came.", **facts)


def cancel(appointment: Appointment) -> None:
    Appointment.objects.get(pk=appointment.pk).cancel(by=appointment.booked_by, reason="other")


def status_of(slot: Slot) -> str:
    return Slot.objects.get(pk=slot.pk).status


def test_a_single_time_under_a_visit_comes_back_when_that_is_cancelled():
    slot = SlotFactory()
    visit = over(slot)
    assert status_of(slot) == Slot.Status.COVERED

    cancel(visit)

    assert status_of(slot) == Slot.Status.OPEN


def test_a_freed_time_under_another_visit_is_offered_once_both_are_gone():
    slot = SlotFactory()
    first, second = booked(slot), over(slot)
    cancel(first)
    assert status_of(slot) == Slot.Status.COVERED

    cancel(second)

    assert status_of(slot) == Slot.Status.OPEN


def test_a_time_comes_back_when_the_visit_over_it_moves_away():
    slot = SlotFactory()
    visit, later = over(slot), SlotFactory(doctor=slot.doctor)

    visit.move(later, by=visit.booked_by, at=timezone.now())

    assert (status_of(slot), status_of(later)) == (Slot.Status.OPEN, Slot.Status.BOOKED)


def test_a_time_in_time_off_does_not_come_back():
    slot = SlotFactory()
    visit = over(slot)
    TimeOffFactory(doctor=slot.doctor, begins=slot.starts_at - timedelta(hours=1))

    cancel(visit)

    assert not Slot.objects.filter(pk=slot.pk).exists()


def test_a_time_of_hours_that_went_meanwhile_does_not_come_back():
    rule = AvailabilityFactory()
    hours.open_slots(rule.doctor, at=timezone.now())
    slot = rule.doctor.slots.first()
    visit = over(slot)
    hours.remove_hours(rule, at=timezone.now(), keep_visits=True)

    cancel(visit)

    assert not rule.doctor.slots.exists()


def test_a_time_that_the_doctor_withdrew_stays_withdrawn():
    slot = SlotFactory()
    slot.withdraw()
    visit = over(slot)

    cancel(visit)

    assert status_of(slot) == Slot.Status.WITHDRAWN
