"""Moves, offers and emergencies at the same moment, on a real PostgreSQL."""

from datetime import timedelta

import pytest
from django.utils import timezone

from appointments.errors import AlreadyTaken, OfferIsGone, SlotTaken, TransitionRefused
from appointments.models import Appointment, OnCall, Slot
from appointments.signals import appointment_changed
from clinic.people.models import Doctor
from clinic.people.tests.factories import DoctorFactory, PatientFactory

from .crowds import assert_sound, at_once
from .factories import SlotFactory, booked, period_from

pytestmark = pytest.mark.django_db(transaction=True)

MINUTE = timedelta(minutes=1)


def move(appointment: Appointment, slot: Slot) -> None:
    appointment = Appointment.objects.get(pk=appointment.pk)
    appointment.move(Slot.objects.get(pk=slot.pk), by=appointment.patient.user, at=timezone.now())


def cancel(appointment: Appointment) -> None:
    appointment = Appointment.objects.get(pk=appointment.pk)
    appointment.cancel(by=appointment.patient.user, reason="mistake")


def request_with_offer(slot: Slot | None = None) -> Appointment:
    doctor = DoctorFactory(booking_mode=Doctor.Mode.REQUEST)
    request = booked(SlotFactory(doctor=doctor))
    request.offer(SlotFactory(doctor=doctor), by=doctor.user, at=timezone.now())
    return request


def take_offer(request: Appointment) -> None:
    Appointment.objects.get(pk=request.pk).take_offer(by=request.patient.user, at=timezone.now())


def on_call() -> Doctor:
    doctor = DoctorFactory()
    OnCall.objects.create(doctor=doctor, period=period_from(timezone.now() - 60 * MINUTE, 240 * MINUTE))
    return doctor


def emergency() -> Appointment:
    patient = PatientFactory()
    return Appointment.objects.call_for_help(patient=patient, by=patient.user, at=timezone.now(), symptoms="Dizzy.")


@pytest.mark.parametrize("turned", [False, True])
def test_two_who_want_each_others_time_leave_the_books_in_order(turned):
    doctor = DoctorFactory()
    first, second = (booked(SlotFactory(doctor=doctor)) for _n in range(2))
    calls = [lambda: move(first, second.slot), lambda: move(second, first.slot)]

    outcome = at_once(*(reversed(calls) if turned else calls))

    assert outcome == {SlotTaken: 2}
    assert_sound()


@pytest.mark.parametrize("turned", [False, True])
def test_two_who_move_to_one_time_and_one_gets_it(turned):
    doctor = DoctorFactory()
    first, second, free = (
        booked(SlotFactory(doctor=doctor)),
        booked(SlotFactory(doctor=doctor)),
        SlotFactory(doctor=doctor),
    )
    calls = [lambda: move(first, free), lambda: move(second, free)]

    outcome = at_once(*(reversed(calls) if turned else calls))

    assert outcome == {"done": 1, SlotTaken: 1}
    assert_sound()


def test_a_move_and_a_cancelling_at_once_leave_one_free_time_or_two():
    doctor = DoctorFactory()
    appointment, free = booked(SlotFactory(doctor=doctor)), SlotFactory(doctor=doctor)

    outcome = at_once(lambda: move(appointment, free), lambda: cancel(appointment))

    assert outcome["done"] + outcome[TransitionRefused] == 2
    assert Appointment.objects.get().status == Appointment.Status.CANCELLED
    assert_sound()


def test_a_move_and_a_booking_of_the_same_time_and_one_gets_it():
    doctor = DoctorFactory()
    appointment, free, patient = booked(SlotFactory(doctor=doctor)), SlotFactory(doctor=doctor), PatientFactory()

    outcome = at_once(lambda: move(appointment, free), lambda: booked(Slot.objects.get(pk=free.pk), patient=patient))

    assert outcome == {"done": 1, SlotTaken: 1}
    assert_sound()


def test_an_offer_and_a_booking_of_the_same_time_and_one_gets_it():
    doctor = DoctorFactory(booking_mode=Doctor.Mode.REQUEST)
    request, free, patient = booked(SlotFactory(doctor=doctor)), SlotFactory(doctor=doctor), PatientFactory()

    outcome = at_once(
        lambda: Appointment.objects.get(pk=request.pk).offer(
            Slot.objects.get(pk=free.pk), by=doctor.user, at=timezone.now()
        ),
        lambda: booked(Slot.objects.get(pk=free.pk), patient=patient),
    )

    assert outcome == {"done": 1, SlotTaken: 1}
    assert_sound()


def test_an_offer_taken_in_two_tabs_is_taken_once():
    request = request_with_offer()

    outcome = at_once(*[lambda: take_offer(request)] * 2)

    assert outcome == {"done": 1, OfferIsGone: 1}
    assert_sound()


def test_an_offer_that_expires_while_it_is_taken_ends_one_way():
    request = request_with_offer()
    over = request.open_offer.expires_at

    at_once(lambda: take_offer(request), lambda: Appointment.objects.get(pk=request.pk).expire_offer(at=over))

    assert request.events.filter(kind__in=["confirmed", "offer_expired"]).count() == 1
    assert_sound()


def test_a_request_accepted_while_its_offer_is_taken_is_confirmed_once():
    request = request_with_offer()

    at_once(
        lambda: take_offer(request),
        lambda: Appointment.objects.get(pk=request.pk).accept(by=request.doctor.user),
    )

    assert request.events.filter(kind="confirmed").count() == 1
    assert_sound()


def test_an_emergency_is_taken_by_one_doctor():
    doctors = [on_call() for _n in range(4)]
    asked = emergency()

    outcome = at_once(
        *[
            lambda doctor=doctor: Appointment.objects.get(pk=asked.pk).take(doctor, at=timezone.now())
            for doctor in doctors
        ]
    )

    assert outcome == {"done": 1, AlreadyTaken: 3}
    assert_sound()


def test_an_instant_visit_and_a_booking_at_once_leave_the_books_in_order():
    doctor = on_call()
    asked, patient = emergency(), PatientFactory()
    soon = SlotFactory(doctor=doctor, begins=timezone.now() + 15 * MINUTE)

    outcome = at_once(
        lambda: Appointment.objects.get(pk=asked.pk).take(doctor, at=timezone.now()),
        lambda: booked(Slot.objects.get(pk=soon.pk), patient=patient),
    )

    assert outcome["done"] >= 1
    assert Appointment.objects.get(pk=asked.pk).doctor == doctor
    assert_sound()


def test_a_worker_that_dies_in_the_middle_of_a_move_leaves_everything_as_it_was():
    doctor = DoctorFactory()
    appointment, free = booked(SlotFactory(doctor=doctor)), SlotFactory(doctor=doctor)

    class Killed(BaseException):
        """As when the process gets a signal."""

    def die(**kwargs):
        raise Killed

    appointment_changed.connect(die)
    try:
        with pytest.raises(Killed):
            move(appointment, free)
    finally:
        appointment_changed.disconnect(die)

    free.refresh_from_db()
    assert free.status == Slot.Status.OPEN
    assert_sound()
