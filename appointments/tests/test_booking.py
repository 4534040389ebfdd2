"""Booking a slot: what it makes, and what the rules refuse."""

from datetime import timedelta

import pytest
from django.db.backends.postgresql.psycopg_any import DateTimeTZRange
from django.utils import timezone

from appointments.errors import (
    DoctorNotAvailable,
    OverbookingNeedsReason,
    OverlapsOwnAppointment,
    SlotBeyondHorizon,
    SlotEndsBeforeItStarts,
    SlotTaken,
    SlotTooFarAhead,
    SlotTooLong,
    SlotTooSoon,
    TooManyOpenAppointments,
)
from appointments.models import Appointment, Slot
from clinic.people.models import Doctor
from clinic.people.tests.factories import DoctorFactory, PatientFactory, StaffFactory

from .factories import SlotFactory, booked, period_from

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


def test_a_slot_beyond_the_horizon_is_refused_to_patients_but_not_to_the_doctor():
    slot = SlotFactory(doctor__clinic__horizon_days=5, begins=timezone.now() + timedelta(days=7))

    with pytest.raises(SlotBeyondHorizon):
        booked(slot)
    appointment = booked(slot, by=slot.doctor.user)

    assert appointment.slot == slot


def test_bookable_keeps_the_clinics_minimum_notice():
    slot = SlotFactory()

    soon = Slot.objects.bookable(slot.starts_at - timedelta(minutes=5))
    early = Slot.objects.bookable(slot.starts_at - timedelta(minutes=10))

    assert (soon.count(), early.count()) == (0, 1)


# What the clinic books itself


def free_time():
    return period_from(timezone.now() + timedelta(days=3))


def book_at(period, doctor, by=None, **facts):
    by = by or doctor.user
    patient = facts.pop("patient", None) or PatientFactory()
    return Appointment.objects.book_at(period, doctor=doctor, patient=patient, by=by, at=timezone.now(), **facts)


def test_the_limits_of_patients_do_not_bind_the_doctor_who_books():
    patient = PatientFactory()
    doctor = DoctorFactory(clinic__open_appointments_limit=1, booking_mode=Doctor.Mode.REQUEST)
    booked(SlotFactory(doctor=doctor), patient=patient)
    slot = SlotFactory(doctor=doctor)

    follow_up = booked(slot, patient=patient, by=doctor.user, at=slot.starts_at - timedelta(minutes=1))

    assert follow_up.status == Appointment.Status.CONFIRMED


def test_a_time_of_the_clinics_own_choosing_is_confirmed_and_constrained():
    doctor = DoctorFactory(booking_mode=Doctor.Mode.REQUEST)
    period = free_time()

    appointment = book_at(period, doctor, by=StaffFactory(), because="The patient works at night.")

    assert appointment.status == Appointment.Status.CONFIRMED
    assert not appointment.overbooked
    assert appointment.events.get().note == "The patient works at night."
    assert appointment.starts_at == period.lower


def test_a_time_in_the_past_can_be_written_down_afterwards():
    doctor = DoctorFactory()

    appointment = book_at(period_from(timezone.now() - timedelta(days=1)), doctor)

    assert appointment.status == Appointment.Status.CONFIRMED


def test_booking_over_another_visit_needs_a_reason():
    first = booked()

    with pytest.raises(OverbookingNeedsReason):
        book_at(first.period, first.doctor)

    assert book_at(first.period, first.doctor, because="It cannot wait.").overbooked


def test_even_the_clinic_cannot_have_a_patient_in_two_places():
    first = booked()

    with pytest.raises(OverlapsOwnAppointment):
        book_at(first.period, DoctorFactory(), patient=first.patient, because="It cannot wait.")


def test_what_the_doctor_offered_then_is_offered_no_more():
    slot = SlotFactory()
    book_at(period_from(slot.starts_at + timedelta(minutes=10)), slot.doctor)

    with pytest.raises(SlotTaken):
        booked(slot)


def test_a_patient_cannot_book_a_time_that_was_overbooked():
    first = booked()
    slot = first.slot
    book_at(first.period, first.doctor, because="It cannot wait.")
    first.cancel(by=first.doctor.user, reason="other")

    with pytest.raises(SlotTaken):
        booked(slot)


@pytest.mark.parametrize(
    ("minutes", "days", "refusal"),
    [(0, 1, SlotEndsBeforeItStarts), (241, 1, SlotTooLong), (20, 400, SlotTooFarAhead)],
)
def test_a_time_that_cannot_be_a_visit_is_refused(minutes, days, refusal):
    start = timezone.now() + timedelta(days=days)

    with pytest.raises(refusal):
        book_at(DateTimeTZRange(start, start + timedelta(minutes=minutes), "[]"), DoctorFactory())


def test_nobody_books_a_doctor_who_does_not_practise():
    doctor = DoctorFactory(approved_at=None)

    with pytest.raises(DoctorNotAvailable):
        book_at(free_time(), doctor, by=StaffFactory(), because="No other way.")
