"""Booking a slot: what it makes, and what the rules refuse."""

from datetime import timedelta

import pytest
from django.utils import timezone

from appointments.errors import OverlapsOwnAppointment, SlotTaken, SlotTooSoon, TooManyOpenAppointments
from appointments.models import Appointment, Slot
from clinic.people.models import Doctor
from clinic.people.tests.factories import DoctorFactory, PatientFactory

from .factories import SlotFactory, booked

pytestmark = pytest.mark.django_db


def test_booking_confirms_at_once_and_takes_the_slot():
    slot = SlotFactory()

    appointment = booked(slot)

    slot.refresh_from_db()
    assert appointment.status == Appointment.Status.CONFIRMED
    assert slot.status == Slot.Status.BOOKED
    assert [event.kind for event in appointment.events.all()] == ["confirmed"]


def test_booking_waits_for_a_doctor_who_wants_to_be_asked():
    slot = SlotFactory(doctor=DoctorFactory(booking_mode=Doctor.Mode.REQUEST))

    appointment = booked(slot)

    assert appointment.status == Appointment.Status.REQUESTED
    assert appointment.respond_by is not None


def test_a_taken_slot_is_refused():
    slot = SlotFactory()
    booked(slot)

    with pytest.raises(SlotTaken):
        booked(slot)


def test_a_slot_held_by_somebody_else_is_refused_until_the_hold_ends():
    now = timezone.now()
    slot = SlotFactory()
    until = slot.hold("theirs", at=now)

    with pytest.raises(SlotTaken):
        booked(slot, at=now, hold_key="mine")

    assert booked(slot, at=until, hold_key="mine").slot == slot


def test_a_patient_is_refused_two_appointments_at_one_time():
    patient = PatientFactory()
    first = SlotFactory()
    booked(first, patient=patient)

    with pytest.raises(OverlapsOwnAppointment):
        booked(SlotFactory(begins=first.starts_at + timedelta(minutes=10)), patient=patient)


def test_back_to_back_visits_are_allowed():
    patient = PatientFactory()
    first = SlotFactory()
    booked(first, patient=patient)

    booked(SlotFactory(doctor=first.doctor, begins=first.ends_at), patient=patient)

    assert patient.appointments.count() == 2


def test_a_refused_booking_leaves_the_slot_open():
    patient = PatientFactory()
    first = SlotFactory()
    booked(first, patient=patient)
    second = SlotFactory(begins=first.starts_at)

    with pytest.raises(OverlapsOwnAppointment):
        booked(second, patient=patient)

    second.refresh_from_db()
    assert second.status == Slot.Status.OPEN


def test_a_slot_within_the_minimum_notice_is_refused():
    slot = SlotFactory()

    with pytest.raises(SlotTooSoon):
        booked(slot, at=slot.starts_at - timedelta(minutes=5))


def test_the_limit_of_open_appointments_binds_patients_only():
    patient = PatientFactory()
    doctor = DoctorFactory(clinic__open_appointments_limit=1)
    booked(SlotFactory(doctor=doctor), patient=patient)

    with pytest.raises(TooManyOpenAppointments):
        booked(SlotFactory(doctor=doctor), patient=patient)


def test_bookable_keeps_the_clinics_minimum_notice():
    slot = SlotFactory()

    soon = Slot.objects.bookable(slot.starts_at - timedelta(minutes=5))
    early = Slot.objects.bookable(slot.starts_at - timedelta(minutes=10))

    assert (soon.count(), early.count()) == (0, 1)
