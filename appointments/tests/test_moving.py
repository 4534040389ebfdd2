"""Another time, another doctor, or none: the limits that bind patients, and that bind nobody else."""

from datetime import timedelta

import pytest

from appointments.errors import (
    AlreadyBegun,
    NotThisDoctorsTime,
    SlotBeyondHorizon,
    SlotTaken,
    SlotTooSoon,
    TooLateToCancel,
    TooLateToMove,
    TooLateToUndo,
    TooManyMoves,
    TransitionRefused,
)
from appointments.late import tell_late
from appointments.models import Appointment, AppointmentEvent, Slot
from clinic.people.tests.factories import DoctorFactory, StaffFactory

from .factories import AppointmentFactory, booked
from .moving import HOUR, last_event, move, settled, slot
from .pages import NOON

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("clock")]

Status, Kind = Appointment.Status, AppointmentEvent.Kind
MINUTE = timedelta(minutes=1)
MIDNIGHT = NOON + 12 * HOUR  # by the doctor's clock, in Lisbon


@pytest.fixture
def doctor():
    return DoctorFactory()


def test_a_move_keeps_reference_and_visit_and_frees_the_old_time(doctor):
    appointment, new = settled(doctor), slot(doctor, 72)
    old, reference, code = appointment.slot, appointment.reference, appointment.visit.code

    move(appointment, new)

    old.refresh_from_db()
    new.refresh_from_db()
    moved = Appointment.objects.select_related("visit").get()
    assert (moved.reference, moved.visit.code, moved.starts_at) == (reference, code, new.starts_at)
    assert (old.status, new.status, moved.sequence) == (Slot.Status.OPEN, Slot.Status.BOOKED, 1)


def test_the_history_has_the_time_before(doctor):
    appointment, period = settled(doctor), Appointment.objects.get().period

    move(appointment, slot(doctor, 72))

    assert (last_event(appointment).kind, last_event(appointment).period_before) == (Kind.MOVED, period)


def test_the_visit_opens_at_the_new_hour(doctor):
    appointment, new = settled(doctor), slot(doctor, 72)

    move(appointment, new)

    appointment.visit.refresh_from_db()
    assert appointment.visit.opens_at == new.starts_at - 15 * MINUTE


@pytest.mark.parametrize(("hours", "refused"), [(23, True), (24, False)])
def test_a_patient_moves_until_the_notice_begins(doctor, hours, refused):
    appointment = settled(doctor, hours)

    assert isinstance(appointment.why_not_move(appointment.patient.user, NOON), TooLateToMove) is refused


def test_right_after_booking_a_patient_moves_whatever_the_hour(doctor):
    appointment = booked(slot(doctor, 2))

    move(appointment, slot(doctor, 3), at=NOON + 14 * MINUTE)

    assert appointment.moves_made == 0


def test_a_cut_off_that_passed_while_the_page_was_open_refuses_the_move(doctor, clock):
    appointment, new = settled(doctor, 25), slot(doctor, 72)
    clock.shift(2 * HOUR)

    with pytest.raises(TooLateToMove):
        move(appointment, new, at=NOON + 2 * HOUR)

    new.refresh_from_db()
    assert (new.status, last_event(appointment).kind) == (Slot.Status.OPEN, Kind.CONFIRMED)


def test_a_patient_moves_as_often_as_the_clinic_allows(doctor):
    appointment = settled(doctor)
    for hours in (72, 73):
        move(appointment, slot(doctor, hours))

    with pytest.raises(TooManyMoves):
        move(appointment, slot(doctor, 74))


@pytest.mark.parametrize("hours", [1, 62 * 24])
def test_a_patient_moves_neither_within_the_notice_nor_beyond_the_horizon(doctor, hours):
    doctor.clinic.minimum_notice_minutes = 120
    appointment, unusual = settled(doctor), slot(doctor, hours)

    with pytest.raises((SlotTooSoon, SlotBeyondHorizon)):
        move(appointment, unusual)

    assert move(appointment, unusual, by=doctor.user)


@pytest.mark.parametrize("who", ["doctor", "staff"])
def test_limits_do_not_bind_doctors_and_staff(doctor, who):
    appointment = settled(doctor, 1)
    by = doctor.user if who == "doctor" else StaffFactory()

    assert move(appointment, slot(doctor, 2), by=by)


def test_after_a_change_of_the_clinic_the_patient_may_change_too(doctor):
    appointment = settled(doctor, 2)
    move(appointment, slot(doctor, 3), by=doctor.user)

    assert move(appointment, slot(doctor, 4))


def test_a_move_leads_to_a_time_of_the_same_doctor(doctor):
    appointment = settled(doctor)

    with pytest.raises(NotThisDoctorsTime):
        move(appointment, slot(DoctorFactory(), 72))


def test_two_tabs_do_not_overrun_each_other(doctor):
    appointment = settled(doctor)
    seen = appointment.version
    move(appointment, slot(doctor, 72))

    with pytest.raises(TransitionRefused):
        appointment.cancel(by=appointment.patient.user, reason="mistake", seen=seen)


@pytest.mark.parametrize(("hours", "late"), [(23, True), (25, False)])
def test_cancelling_after_the_cut_off_is_marked_late_and_reopens_the_time(doctor, hours, late):
    appointment = settled(doctor, hours)
    taken = appointment.slot

    appointment.cancel(by=appointment.patient.user, reason="feeling_better")

    taken.refresh_from_db()
    assert (appointment.ended_late, taken.status) == (late, Slot.Status.OPEN)


def test_a_clinic_may_refuse_late_cancelling_to_patients_only(doctor):
    doctor.clinic.late_cancelling = False
    doctor.clinic.save()
    appointment = settled(doctor, 2)

    with pytest.raises(TooLateToCancel):
        appointment.cancel(by=appointment.patient.user, reason="feeling_better")
    appointment.cancel(by=StaffFactory(), reason="patient_request")

    assert not appointment.ended_late


def test_what_has_begun_is_not_moved_by_the_patient(doctor):
    appointment = AppointmentFactory(doctor=doctor, begins=NOON - MINUTE)
    Appointment.objects.update(created_at=NOON - HOUR)
    appointment.refresh_from_db()

    assert isinstance(appointment.why_not_move(appointment.patient.user, NOON), AlreadyBegun)


def test_who_waits_for_an_absent_doctor_moves_outside_the_limits(doctor):
    appointment = AppointmentFactory(doctor=doctor, begins=NOON - 11 * MINUTE)
    appointment.tell_doctor_absent(at=NOON)

    assert move(appointment, slot(doctor, 1))


def test_another_doctor_takes_over_at_the_same_time(doctor):
    appointment, colleague = settled(doctor), DoctorFactory()
    free = slot(colleague)

    appointment.hand_over(colleague, by=StaffFactory(), at=NOON)

    free.refresh_from_db()
    event = last_event(appointment)
    assert (appointment.doctor, free.status) == (colleague, Slot.Status.BOOKED)
    assert (event.kind, event.doctor_before) == (Kind.HANDED_OVER, doctor)
    assert appointment.visit.__class__.objects.get().host == colleague


def test_a_colleague_who_has_a_visit_then_cannot_take_over(doctor):
    appointment, colleague = settled(doctor), DoctorFactory()
    settled(colleague)

    with pytest.raises(SlotTaken):
        appointment.hand_over(colleague, by=StaffFactory(), at=NOON)

    appointment.refresh_from_db()
    assert appointment.doctor == doctor


def test_who_was_handed_over_refuses_without_being_late(doctor):
    appointment = settled(doctor, 2)
    appointment.hand_over(DoctorFactory(), by=StaffFactory(), at=NOON)

    appointment.cancel(by=appointment.patient.user, reason="other")

    assert not appointment.ended_late


def test_a_no_show_is_undone_until_its_day_ends(doctor):
    appointment = AppointmentFactory(doctor=doctor, begins=NOON - HOUR, status=Status.NO_SHOW)

    appointment.undo_no_show(by=doctor.user, at=MIDNIGHT - MINUTE)

    assert appointment.status == Status.CONFIRMED


def test_a_no_show_of_the_day_before_stays_one(doctor):
    appointment = AppointmentFactory(doctor=doctor, begins=NOON - HOUR, status=Status.NO_SHOW)

    with pytest.raises(TooLateToUndo):
        appointment.undo_no_show(by=doctor.user, at=MIDNIGHT)

    appointment.refresh_from_db()
    assert appointment.status == Status.NO_SHOW


def test_a_late_doctor_tells_who_still_waits_today(doctor):
    today = AppointmentFactory(doctor=doctor, begins=NOON + HOUR)
    over = AppointmentFactory(doctor=doctor, begins=NOON - HOUR)
    tomorrow = AppointmentFactory(doctor=doctor, begins=NOON + 24 * HOUR)

    told = tell_late(doctor, minutes=20, at=NOON)

    assert (told, today.minutes_late, over.minutes_late, tomorrow.minutes_late) == (1, 20, None, None)


def test_a_call_is_asked_for_once(doctor):
    appointment = AppointmentFactory(doctor=doctor, begins=NOON - HOUR)

    appointment.ask_for_call(by=appointment.patient.user)
    appointment.ask_for_call(by=appointment.patient.user)

    assert appointment.events.filter(kind=Kind.CALL_ASKED).count() == 1
