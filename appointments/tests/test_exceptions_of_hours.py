"""Time off, closures and single slots: what weekly hours do not say; and visits that a change would leave outside."""

from datetime import time, timedelta

import pytest
from django.utils import timezone

from appointments import hours
from appointments.errors import (
    ClinicClosed,
    InTimeOff,
    OnCallOverlaps,
    SlotEndsBeforeItStarts,
    SlotInThePast,
    SlotOverlaps,
    VisitsInTheWay,
)
from appointments.models import Slot
from appointments.plan import WorkingTime
from clinic.people.tests.factories import DoctorFactory

from .factories import (
    AppointmentFactory,
    ClosureFactory,
    SlotFactory,
    TimeOffFactory,
    booked,
    period_from,
)
from .weekly import HOUR, MONDAY_NINE, SUNDAY, WEEK, add_hours, open_times

pytestmark = pytest.mark.django_db


@pytest.fixture
def doctor():
    return DoctorFactory(clinic__horizon_days=8)


def test_time_off_closes_the_slots_and_its_end_opens_them_again(doctor):
    add_hours(doctor, ends=time(9, 20))

    time_off = hours.add_time_off(doctor, start=MONDAY_NINE - HOUR, end=MONDAY_NINE + HOUR, at=SUNDAY)
    without = open_times(doctor)
    hours.remove_time_off(time_off, at=SUNDAY)

    assert without == ["15 09:00"]
    assert open_times(doctor) == ["08 09:00", "15 09:00"]


def test_time_off_that_moves_takes_the_closed_slots_along(doctor):
    add_hours(doctor, ends=time(9, 20))
    time_off = hours.add_time_off(doctor, start=MONDAY_NINE - HOUR, end=MONDAY_NINE + HOUR, at=SUNDAY)

    hours.change_time_off(time_off, start=MONDAY_NINE + WEEK, end=MONDAY_NINE + WEEK + HOUR, at=SUNDAY)

    assert open_times(doctor) == ["08 09:00"]


CHANGES = {
    "remove": lambda rule, **how: hours.remove_hours(rule, at=SUNDAY, **how),
    "shorten": lambda rule, **how: hours.change_hours(rule, at=SUNDAY, ends=time(9, 10), **how),
    "another weekday": lambda rule, **how: hours.change_hours(rule, at=SUNDAY, weekday=3, **how),
    "end the season": lambda rule, **how: hours.change_hours(rule, at=SUNDAY, valid_until=SUNDAY.date(), **how),
    "empty the day": lambda rule, **how: hours.set_days(rule.doctor, weekdays=[0], periods=[], at=SUNDAY, **how),
    "time off": lambda rule, **how: hours.add_time_off(
        rule.doctor, start=MONDAY_NINE - HOUR, end=MONDAY_NINE + HOUR, at=SUNDAY, **how
    ),
}


@pytest.mark.parametrize("change", CHANGES.values(), ids=CHANGES)
def test_a_change_that_would_orphan_a_visit_is_refused_and_changes_nothing(doctor, change):
    rule = add_hours(doctor)
    visit = booked(doctor.slots.get(starts_at=MONDAY_NINE), at=SUNDAY)
    before = open_times(doctor)

    with pytest.raises(VisitsInTheWay) as refused:
        change(rule)

    assert refused.value.visits == [visit]
    assert open_times(doctor) == before
    assert not doctor.times_off.exists()


@pytest.mark.parametrize("change", CHANGES.values(), ids=CHANGES)
def test_a_visit_that_stays_outside_the_hours_is_listed(doctor, change):
    rule = add_hours(doctor)
    visit = booked(doctor.slots.get(starts_at=MONDAY_NINE), at=SUNDAY)

    change(rule, keep_visits=True)

    visit.refresh_from_db()
    assert visit.slot.status == Slot.Status.BOOKED
    assert WorkingTime(doctor, at=SUNDAY).stranded() == [visit]


def test_a_visit_that_is_outside_already_stops_no_other_change(doctor):
    rule = add_hours(doctor)
    booked(doctor.slots.get(starts_at=MONDAY_NINE), at=SUNDAY)
    hours.remove_hours(rule, at=SUNDAY, keep_visits=True)

    add_hours(doctor, starts=time(14), ends=time(14, 20))

    assert open_times(doctor) == ["08 14:00", "15 14:00"]


def test_a_visit_on_a_single_slot_is_not_outside_the_hours(doctor):
    booked(SlotFactory(doctor=doctor, begins=MONDAY_NINE), at=SUNDAY)

    assert WorkingTime(doctor, at=SUNDAY).stranded() == []


def test_hours_that_touch_leave_no_visit_outside(doctor):
    add_hours(doctor)
    add_hours(doctor, starts=time(10), ends=time(11))
    booked(doctor.slots.get(starts_at=MONDAY_NINE + timedelta(minutes=40)), at=SUNDAY)

    hours.set_days(doctor, weekdays=[0], periods=[{"starts": time(9, 30), "ends": time(11)}], at=SUNDAY)

    assert WorkingTime(doctor, at=SUNDAY).stranded() == []


def test_a_clinic_closure_closes_the_slots_and_its_end_opens_them_again(doctor):
    add_hours(doctor, ends=time(9, 20))
    closure = ClosureFactory(clinic=doctor.clinic, begins=MONDAY_NINE - HOUR)

    hours.open_slots(doctor, at=SUNDAY)
    closed = open_times(doctor)
    closure.delete()
    hours.open_slots(doctor, at=SUNDAY)

    assert closed == ["15 09:00"]
    assert open_times(doctor) == ["08 09:00", "15 09:00"]


def test_another_clinics_closure_closes_nothing(doctor):
    ClosureFactory(begins=MONDAY_NINE - HOUR)

    add_hours(doctor, ends=time(9, 20))

    assert open_times(doctor) == ["08 09:00", "15 09:00"]


def test_a_single_slot_while_the_clinic_is_closed_is_refused(doctor):
    ClosureFactory(clinic=doctor.clinic, begins=MONDAY_NINE - HOUR)

    with pytest.raises(ClinicClosed):
        Slot.objects.publish(doctor, start=MONDAY_NINE, end=MONDAY_NINE + HOUR, at=SUNDAY)


def test_a_slot_freed_while_the_clinic_is_closed_is_not_offered_again():
    slot = SlotFactory()
    appointment = booked(slot)
    ClosureFactory(clinic=slot.doctor.clinic, begins=slot.starts_at - HOUR)

    appointment.cancel(by=slot.doctor.user, reason="other")

    assert open_times(slot.doctor) == []


def test_on_call_times_of_a_doctor_do_not_overlap(doctor):
    hours.add_on_call(doctor, start=MONDAY_NINE, end=MONDAY_NINE + HOUR)

    with pytest.raises(OnCallOverlaps):
        hours.add_on_call(doctor, start=MONDAY_NINE + HOUR / 2, end=MONDAY_NINE + 2 * HOUR)

    assert doctor.on_call_times.count() == 1


def test_a_slot_freed_in_time_off_is_not_offered_again():
    slot = SlotFactory()
    appointment = booked(slot)
    TimeOffFactory(doctor=slot.doctor, begins=slot.starts_at - HOUR)

    appointment.cancel(by=slot.doctor.user, reason="other")

    assert open_times(slot.doctor) == []


def test_a_freed_slot_is_open_at_once():
    slot = SlotFactory()
    appointment = booked(slot)

    appointment.cancel(by=appointment.patient.user, reason="mistake")

    slot.refresh_from_db()
    assert slot.status == Slot.Status.OPEN
    assert appointment.slot is None


@pytest.mark.parametrize(
    ("start", "end", "refusal"),
    [
        (-HOUR, HOUR, SlotInThePast),
        (2 * HOUR, HOUR, SlotEndsBeforeItStarts),
        (HOUR, HOUR, SlotEndsBeforeItStarts),
    ],
)
def test_a_single_slot_runs_forward_and_lies_ahead(doctor, start, end, refusal):
    with pytest.raises(refusal):
        Slot.objects.publish(doctor, start=SUNDAY + start, end=SUNDAY + end, at=SUNDAY)

    assert not doctor.slots.exists()


def test_a_single_slot_over_another_one_is_refused(doctor):
    slot = SlotFactory(doctor=doctor)
    start = slot.starts_at + timedelta(minutes=10)

    with pytest.raises(SlotOverlaps):
        Slot.objects.publish(doctor, start=start, end=start + HOUR, at=timezone.now())


def test_a_single_slot_over_a_visit_is_refused(doctor):
    appointment = AppointmentFactory(doctor=doctor, slot=None, period=period_from(MONDAY_NINE))

    with pytest.raises(SlotOverlaps):
        Slot.objects.publish(doctor, start=appointment.starts_at, end=appointment.ends_at, at=SUNDAY)


def test_a_single_slot_in_time_off_is_refused(doctor):
    TimeOffFactory(doctor=doctor, begins=MONDAY_NINE)

    with pytest.raises(InTimeOff):
        Slot.objects.publish(doctor, start=MONDAY_NINE, end=MONDAY_NINE + HOUR, at=SUNDAY)
