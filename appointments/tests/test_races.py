"""Several people at the same moment, each on a connection of their own to a real PostgreSQL."""

from collections import Counter
from datetime import timedelta

import pytest
from django.utils import timezone

from appointments import hours
from appointments.booking import book_once
from appointments.errors import OverlapsOwnAppointment, SlotOverlaps, SlotTaken, TransitionRefused, VisitsInTheWay
from appointments.models import Appointment, AppointmentEvent, Slot
from appointments.signals import appointment_changed
from clinic.people.models import Doctor
from clinic.people.tests.factories import DoctorFactory, PatientFactory

from .crowds import assert_sound, at_once
from .factories import AvailabilityFactory, SlotFactory, booked

pytestmark = pytest.mark.django_db(transaction=True)
CROWD = 20


def test_twenty_people_want_one_slot_and_one_gets_it():
    slot = SlotFactory()
    patients = PatientFactory.create_batch(CROWD)

    outcome = at_once(*[lambda patient=patient: booked(Slot.objects.get(), patient=patient) for patient in patients])

    assert outcome == {"done": 1, SlotTaken: CROWD - 1}
    assert slot.appointments.count() == 1
    assert_sound()


def test_overlapping_times_of_one_doctor_are_never_both_published():
    doctor = DoctorFactory()
    start = timezone.now() + timedelta(days=7)
    shifts = [timedelta(minutes=5 * n) for n in range(6)]  # 20 minutes each, 5 minutes apart

    def publish(shift):
        Slot.objects.publish(doctor, start=start + shift, end=start + shift + timedelta(minutes=20), at=timezone.now())

    outcome = at_once(*[lambda shift=shift: publish(shift) for shift in shifts])

    assert outcome["done"] in {1, 2}
    assert outcome["done"] + outcome[SlotOverlaps] == len(shifts)


def test_one_patient_books_overlapping_times_of_two_doctors_and_gets_one():
    patient = PatientFactory()
    first = SlotFactory()
    second = SlotFactory(begins=first.starts_at + timedelta(minutes=10))

    outcome = at_once(*[lambda slot=slot: booked(slot, patient=patient) for slot in (first, second)])

    assert outcome == {"done": 1, OverlapsOwnAppointment: 1}
    assert_sound()


def test_a_button_pressed_eight_times_books_once():
    slot, patient = SlotFactory(), PatientFactory()

    def press():
        book_once(slot, patient=patient, by=patient.user, at=timezone.now(), key="k", symptoms="A cough.")

    outcome = at_once(*[press] * 8)

    assert outcome == {"done": 8}
    assert Appointment.objects.count() == 1


def test_two_holds_of_one_slot_and_one_wins():
    SlotFactory()
    now = timezone.now()

    outcome = at_once(*[lambda key=key: Slot.objects.get().hold(key, at=now) for key in ("mine", "theirs")])

    assert outcome == {"done": 1, SlotTaken: 1}


def test_a_hold_and_a_booking_at_once_never_give_the_slot_twice():
    SlotFactory()
    now, patient = timezone.now(), PatientFactory()

    at_once(
        lambda: Slot.objects.get().hold("theirs", at=now),
        lambda: booked(Slot.objects.get(), patient=patient, at=now, hold_key="mine"),
    )

    slot = Slot.objects.get()
    assert slot.appointments.exists() != slot.is_held(now)


def requested() -> Appointment:
    return booked(SlotFactory(doctor=DoctorFactory(booking_mode=Doctor.Mode.REQUEST)))


def test_a_request_accepted_in_two_tabs_is_accepted_once():
    request = requested()
    doctor = request.doctor.user

    outcome = at_once(*[lambda: Appointment.objects.get().accept(by=doctor)] * 2)

    assert outcome == {"done": 1, TransitionRefused: 1}
    assert AppointmentEvent.objects.filter(kind="confirmed").count() == 1


def test_accepting_and_declining_at_once_does_one_of_them():
    doctor = requested().doctor.user

    outcome = at_once(
        lambda: Appointment.objects.get().accept(by=doctor),
        lambda: Appointment.objects.get().decline(by=doctor, reason="other"),
    )

    assert outcome == {"done": 1, TransitionRefused: 1}
    assert_sound()


def test_expiring_and_accepting_at_once_does_one_of_them():
    request = requested()

    at_once(
        lambda: Appointment.objects.get().expire(at=request.respond_by),
        lambda: Appointment.objects.get().accept(by=request.doctor.user),
    )

    assert request.events.exclude(kind="requested").count() == 1
    assert_sound()


def test_cancelling_and_booking_again_at_once_keeps_the_books_in_order():
    slot = SlotFactory()
    appointment, patient = booked(slot), PatientFactory()

    outcome = at_once(
        lambda: Appointment.objects.get(pk=appointment.pk).cancel(by=appointment.patient.user, reason="mistake"),
        lambda: booked(Slot.objects.get(), patient=patient),
    )

    assert outcome["done"] in {1, 2}
    assert_sound()


def remove_hours_while_people_book(*, keep_visits: bool) -> tuple[Counter, Doctor]:
    """What became of it, with six people who book; and the doctor."""
    rule = AvailabilityFactory()
    hours.open_slots(rule.doctor, at=timezone.now())
    slots = list(rule.doctor.slots.all()[:6])
    patients = PatientFactory.create_batch(len(slots))
    bookings = [lambda slot=slot, who=who: booked(slot, patient=who) for slot, who in zip(slots, patients, strict=True)]

    outcome = at_once(lambda: hours.remove_hours(rule, at=timezone.now(), keep_visits=keep_visits), *bookings)

    return outcome, rule.doctor


def test_hours_that_go_while_people_book_leave_what_is_booked_and_nothing_free():
    outcome, doctor = remove_hours_while_people_book(keep_visits=True)

    assert outcome["done"] + outcome[SlotTaken] == 7
    assert_sound()
    assert doctor.appointments.count() == outcome["done"] - 1
    assert not doctor.slots.filter(status=Slot.Status.OPEN).exists()


def test_hours_go_while_people_book_only_if_nothing_is_in_the_way():
    outcome, doctor = remove_hours_while_people_book(keep_visits=False)

    assert_sound()
    stand = doctor.availabilities.exists()
    assert outcome[VisitsInTheWay] == stand
    assert doctor.appointments.exists() == stand
    assert doctor.slots.filter(status=Slot.Status.OPEN).exists() == stand


def test_a_worker_that_dies_in_the_middle_of_a_booking_leaves_nothing_behind():
    slot = SlotFactory()

    class Killed(BaseException):
        """As when the process gets a signal."""

    def die(**kwargs):
        raise Killed

    appointment_changed.connect(die)
    try:
        with pytest.raises(Killed):
            booked(slot)
    finally:
        appointment_changed.disconnect(die)

    slot.refresh_from_db()
    assert slot.status == Slot.Status.OPEN
    assert not Appointment.objects.exists()
