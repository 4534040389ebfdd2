"""Weekly hours, time off, and the slots that follow from them."""

from datetime import UTC, date, datetime, time, timedelta
from zoneinfo import ZoneInfo

import pytest
from django.core.management import call_command
from django.utils import timezone

from appointments import hours, tasks
from appointments.errors import (
    ClinicClosed,
    HoursOverlap,
    InTimeOff,
    OnCallOverlaps,
    SlotEndsBeforeItStarts,
    SlotInThePast,
    SlotOverlaps,
    TooManyHours,
    VisitsInTheWay,
    ZoneMissing,
)
from appointments.models import Availability, Slot
from appointments.plan import WorkingTime
from clinic.people.tests.factories import DoctorFactory

from .factories import (
    AppointmentFactory,
    AvailabilityFactory,
    ClosureFactory,
    SlotFactory,
    TimeOffFactory,
    booked,
    period_from,
)

pytestmark = pytest.mark.django_db

SUNDAY = datetime(2026, 6, 7, 12, tzinfo=UTC)
MONDAY_NINE = datetime(2026, 6, 8, 8, tzinfo=UTC)  # 09:00 in Lisbon
HOUR = timedelta(hours=1)
WEEK = timedelta(days=7)


@pytest.fixture
def doctor():
    return DoctorFactory(clinic__horizon_days=8)


def add_hours(doctor, **facts):
    facts = {"weekday": 0, "starts": time(9), "ends": time(10), "valid_from": SUNDAY.date(), **facts}
    return hours.add_hours(doctor, at=SUNDAY, **facts)


def open_times(doctor):
    zone = ZoneInfo("Europe/Lisbon")
    slots = doctor.slots.filter(status=Slot.Status.OPEN).order_by("starts_at")
    return [f"{slot.starts_at.astimezone(zone):%d %H:%M}" for slot in slots]


def test_new_hours_open_their_slots_at_once_up_to_the_horizon(doctor):
    add_hours(doctor)

    times = ["08 09:00", "08 09:20", "08 09:40", "15 09:00", "15 09:20", "15 09:40"]
    assert open_times(doctor) == times


def test_opening_slots_again_changes_nothing(doctor):
    add_hours(doctor)
    before = list(doctor.slots.values_list("uid", flat=True))

    opened = hours.open_slots(doctor, at=SUNDAY)

    assert opened == 0
    assert list(doctor.slots.values_list("uid", flat=True)) == before


def test_the_horizon_rolls_on_with_the_days(doctor):
    add_hours(doctor)

    hours.open_slots(doctor, at=SUNDAY + WEEK)

    assert "22 09:00" in open_times(doctor)


def test_a_doctor_without_a_zone_cannot_publish(doctor):
    doctor.zone = ""

    with pytest.raises(ZoneMissing):
        add_hours(doctor)

    assert not Availability.objects.exists()


def test_hours_may_touch_but_not_overlap(doctor):
    add_hours(doctor)
    add_hours(doctor, starts=time(10), ends=time(11))

    with pytest.raises(HoursOverlap):
        add_hours(doctor, starts=time(10, 30), ends=time(12))


def test_hours_of_other_seasons_do_not_overlap(doctor):
    add_hours(doctor, valid_until=SUNDAY.date() + WEEK)

    add_hours(doctor, valid_from=SUNDAY.date() + 2 * WEEK)

    assert doctor.availabilities.count() == 2


def test_there_is_a_limit_of_hours(doctor, monkeypatch):
    monkeypatch.setattr(hours, "RULES_LIMIT", 1)
    add_hours(doctor)

    with pytest.raises(TooManyHours):
        add_hours(doctor, weekday=1)


def test_slots_keep_the_buffers_and_the_visits_length_of_the_doctor(doctor):
    doctor.slot_minutes, doctor.buffer_before_minutes, doctor.buffer_after_minutes = 15, 5, 10

    add_hours(doctor)

    assert open_times(doctor)[:2] == ["08 09:00", "08 09:30"]


def test_another_length_of_visits_replaces_the_open_slots(doctor):
    add_hours(doctor)
    doctor.slot_minutes = 30

    hours.open_slots(doctor, at=SUNDAY)

    assert open_times(doctor)[:2] == ["08 09:00", "08 09:30"]


def test_a_visit_in_the_way_keeps_its_time_and_its_buffer(doctor):
    doctor.buffer_after_minutes = 10
    AppointmentFactory(doctor=doctor, begins=MONDAY_NINE + timedelta(minutes=5), slot__is_single=True)

    add_hours(doctor, ends=time(10, 30))

    assert open_times(doctor)[:1] == ["08 10:00"]


def test_a_single_slot_in_the_way_stays(doctor):
    SlotFactory(doctor=doctor, begins=MONDAY_NINE + timedelta(minutes=10))

    add_hours(doctor)

    assert open_times(doctor)[:2] == ["08 09:10", "08 09:40"]


def test_a_slot_that_was_withdrawn_is_not_opened_again(doctor):
    add_hours(doctor)
    doctor.slots.get(starts_at=MONDAY_NINE).withdraw()

    hours.open_slots(doctor, at=SUNDAY)

    assert open_times(doctor)[0] == "08 09:20"


def test_removed_hours_take_their_open_slots_along(doctor):
    rule = add_hours(doctor)
    add_hours(doctor, starts=time(11), ends=time(11, 20))

    hours.remove_hours(rule, at=SUNDAY)

    assert open_times(doctor) == ["08 11:00", "15 11:00"]


def test_a_booked_slot_survives_its_hours(doctor):
    rule = add_hours(doctor)
    appointment = booked(doctor.slots.get(starts_at=MONDAY_NINE), at=SUNDAY)

    hours.remove_hours(rule, at=SUNDAY, keep_visits=True)

    appointment.refresh_from_db()
    assert appointment.slot.status == Slot.Status.BOOKED


def test_a_slot_whose_hours_are_gone_is_not_offered_again_once_freed(doctor):
    rule = add_hours(doctor)
    appointment = booked(doctor.slots.get(starts_at=MONDAY_NINE), at=SUNDAY)
    hours.remove_hours(rule, at=SUNDAY, keep_visits=True)

    appointment.cancel(by=doctor.user, reason="other")

    assert open_times(doctor) == []


def test_a_slot_that_somebody_is_booking_survives_its_hours_until_the_hold_ends(doctor):
    rule = add_hours(doctor)
    until = doctor.slots.get(starts_at=MONDAY_NINE).hold("key", at=SUNDAY)

    hours.remove_hours(rule, at=SUNDAY)
    held = open_times(doctor)
    hours.open_slots(doctor, at=until)

    assert held == ["08 09:00"]
    assert open_times(doctor) == []


def test_changed_hours_move_the_open_slots_only(doctor):
    rule = add_hours(doctor, ends=time(9, 40))
    booked(doctor.slots.get(starts_at=MONDAY_NINE), at=SUNDAY)

    hours.change_hours(rule, at=SUNDAY, keep_visits=True, starts=time(10), ends=time(10, 20))

    assert open_times(doctor) == ["08 10:00", "15 10:00"]
    assert doctor.slots.filter(status=Slot.Status.BOOKED, starts_at=MONDAY_NINE).exists()


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


def test_days_are_set_alike_with_their_breaks(doctor):
    periods = [{"starts": time(9), "ends": time(9, 40)}, {"starts": time(10), "ends": time(10, 20)}]

    hours.set_days(doctor, weekdays=[0, 1], periods=periods, at=SUNDAY)

    first_week = ["08 09:00", "08 09:20", "08 10:00", "09 09:00", "09 09:20", "09 10:00"]
    assert open_times(doctor)[:6] == first_week


def test_setting_a_day_again_keeps_its_slots(doctor):
    period = {"starts": time(9), "ends": time(9, 40)}
    hours.set_days(doctor, weekdays=[0], periods=[period], at=SUNDAY)
    before = list(doctor.slots.values_list("uid", flat=True))

    hours.set_days(doctor, weekdays=[0], periods=[period], at=SUNDAY)

    assert list(doctor.slots.values_list("uid", flat=True)) == before


def test_setting_a_day_leaves_the_seasons_that_are_over(doctor):
    over = AvailabilityFactory(doctor=doctor, valid_until=SUNDAY.date() - timedelta(days=1))

    hours.set_days(doctor, weekdays=[0], periods=[], at=SUNDAY)

    assert list(doctor.availabilities.all()) == [over]


def test_periods_of_a_day_that_overlap_are_refused_and_the_old_hours_stay(doctor):
    rule = add_hours(doctor)
    periods = [{"starts": time(9), "ends": time(11)}, {"starts": time(10), "ends": time(12)}]

    with pytest.raises(HoursOverlap):
        hours.set_days(doctor, weekdays=[0], periods=periods, at=SUNDAY)

    assert list(doctor.availabilities.all()) == [rule]


def test_ten_thousand_rules_are_refused_and_none_is_kept(doctor):
    day = SUNDAY.date()
    periods = [
        {"starts": time(9), "ends": time(10), "valid_from": day + n * WEEK, "valid_until": day + n * WEEK}
        for n in range(10_000)
    ]

    with pytest.raises(TooManyHours):
        hours.set_days(doctor, weekdays=[0], periods=periods, at=SUNDAY)

    assert not doctor.availabilities.exists()


def test_what_patients_would_see_is_told_without_changing_anything(doctor):
    period = {"starts": time(9), "ends": time(9, 40)}

    times = hours.times_if(doctor, weekdays=[0], periods=[period], at=SUNDAY)

    assert [start for start, _end in times][:2] == [MONDAY_NINE, MONDAY_NINE + timedelta(minutes=20)]
    assert not Slot.objects.exists()


def test_new_hours_hold_from_the_doctors_own_day_on():
    doctor = DoctorFactory(zone="Pacific/Auckland")

    rule = hours.add_hours(doctor, weekday=0, starts=time(9), ends=time(10), at=SUNDAY)

    assert rule.valid_from == date(2026, 6, 8)


def test_a_buffer_longer_than_the_visits_keeps_them_apart(doctor):
    doctor.slot_minutes, doctor.buffer_after_minutes = 10, 45

    add_hours(doctor, ends=time(10, 5))

    assert open_times(doctor)[:2] == ["08 09:00", "08 09:55"]


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


def test_the_task_opens_slots_of_every_doctor_with_a_zone(settings):
    settings.CELERY_TASK_ALWAYS_EAGER = True
    first, second = AvailabilityFactory().doctor, AvailabilityFactory().doctor
    AvailabilityFactory(doctor__zone="")

    tasks.open_slots()

    assert first.slots.exists()
    assert second.slots.exists()
    assert set(Slot.objects.values_list("doctor", flat=True)) == {first.pk, second.pk}


def test_the_command_goes_on_after_a_doctor_that_cannot_be_done(capsys):
    nowhere = AvailabilityFactory(doctor__zone="Nowhere/City").doctor
    fine = AvailabilityFactory().doctor

    call_command("open_slots")

    assert nowhere.slug in capsys.readouterr().err
    assert fine.slots.exists()


def test_the_dry_run_counts_and_opens_nothing(capsys):
    AvailabilityFactory(doctor__clinic__horizon_days=7)

    call_command("open_slots", "--dry-run")

    assert capsys.readouterr().out.split()[0] in {"9", "18"}  # one Monday ahead, or two on a Monday night
    assert not Slot.objects.exists()


def test_opening_a_year_of_slots_takes_few_queries(doctor, django_assert_max_num_queries):
    doctor.clinic.horizon_days = 60
    AvailabilityFactory.create_batch(7, doctor=doctor)

    with django_assert_max_num_queries(12):
        hours.open_slots(doctor, at=SUNDAY)
