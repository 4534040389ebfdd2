"""Weekly hours, and the slots that follow from them."""

from datetime import date, time, timedelta

import pytest
from django.core.management import call_command

from appointments import hours, tasks
from appointments.errors import (
    HoursOverlap,
    TooManyHours,
    ZoneMissing,
)
from appointments.models import Availability, Slot
from clinic.people.tests.factories import DoctorFactory

from .factories import (
    AppointmentFactory,
    AvailabilityFactory,
    SlotFactory,
    booked,
)
from .weekly import MONDAY_NINE, SUNDAY, WEEK, add_hours, open_times

pytestmark = pytest.mark.django_db


@pytest.fixture
def doctor():
    return DoctorFactory(clinic__horizon_days=8)


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


@pytest.mark.parametrize(("own", "first"), [(None, ["08 09:00", "08 09:35"]), (0, ["08 09:00", "08 09:20"])])
def test_a_doctor_without_buffers_keeps_those_of_the_clinic(doctor, own, first):
    doctor.clinic.buffer_before_minutes, doctor.clinic.buffer_after_minutes = 5, 10
    doctor.buffer_before_minutes = doctor.buffer_after_minutes = own

    add_hours(doctor)

    assert open_times(doctor)[:2] == first


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
