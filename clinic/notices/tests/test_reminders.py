"""When people are reminded: once for each hour, never late, never of what is gone."""

from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime, timedelta
from io import StringIO

import pytest
import time_machine
from django.core.management import call_command
from django.db import connections

from appointments.models import Appointment
from appointments.tests.factories import SlotFactory, booked
from clinic.notices.models import Delivery, Notice, Reminder
from clinic.notices.models import reminders as module
from clinic.notices.tasks import deliver, send_due_reminders

from .factories import announced

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("queued")]

BOOKED = datetime(2026, 10, 1, 12, tzinfo=UTC)
STARTS = datetime(2026, 10, 10, 9, tzinfo=UTC)
DAY, QUARTER = timedelta(days=1), timedelta(minutes=15)
SECOND = timedelta(seconds=1)


def confirmed(*, starts_at=STARTS, booked_at=BOOKED):
    """A visit with its reminders, a day and a quarter of an hour before."""
    with time_machine.travel(booked_at):
        appointment = booked(SlotFactory(begins=starts_at), at=booked_at)
        announced(appointment)
    return appointment


def send_at(at):
    """What a worker does that runs at the instant `at`."""
    with time_machine.travel(at):
        return send_due_reminders()


def reminded():
    return Notice.objects.filter(kind=Notice.Kind.REMINDER)


@pytest.mark.parametrize(
    ("at", "told"),
    [
        (STARTS - DAY - SECOND, 0),
        (STARTS - DAY, 2),
        (STARTS - QUARTER - SECOND, 2),
        (STARTS - SECOND, 2),
        (STARTS, 0),
        (STARTS + DAY, 0),
    ],
)
def test_both_are_reminded_from_the_hour_on_until_the_visit_begins(queued, at, told):
    confirmed()

    assert send_at(at) == told
    assert reminded().count() == len(queued) == told


def test_each_hour_has_one_reminder_however_often_the_task_runs():
    appointment = confirmed()

    counts = [send_at(at) for at in (STARTS - DAY, STARTS - DAY + SECOND, STARTS - QUARTER, STARTS - QUARTER + SECOND)]

    assert counts == [2, 0, 2, 0]
    assert reminded().filter(recipient=appointment.patient.user).count() == 2


def test_a_late_worker_sends_one_reminder_and_not_two():
    confirmed()

    assert send_at(STARTS - timedelta(minutes=5)) == 2
    assert send_at(STARTS - timedelta(minutes=4)) == 0


def test_a_late_worker_sends_one_reminder_even_if_two_are_in_different_batches(monkeypatch):
    monkeypatch.setattr(module, "BATCH", 1)
    confirmed()

    assert send_at(STARTS - timedelta(minutes=5)) == 2


def test_a_reminder_is_not_overtaken_by_one_for_the_time_before_the_move():
    appointment = confirmed()
    minute = timedelta(minutes=1)
    Appointment.objects.filter(pk=appointment.pk).update(period=(STARTS - 2 * minute, STARTS + 20 * minute))

    of_before = send_at(STARTS - 14 * minute)
    Reminder.objects.plan(Appointment.objects.get(), at=STARTS - 20 * minute)  # by a worker that was late, too

    assert (of_before, send_at(STARTS - 13 * minute)) == (0, 2)


def test_who_books_late_is_not_reminded_of_the_hours_that_were():
    appointment = confirmed(booked_at=STARTS - timedelta(hours=2))

    assert [reminder.due_at for reminder in appointment.reminders.all()] == [STARTS - QUARTER]


@pytest.mark.parametrize(
    "status", set(Appointment.Status) - {Appointment.Status.CONFIRMED}, ids=lambda status: status.value
)
def test_nobody_is_reminded_of_what_is_not_confirmed(status):
    confirmed()
    Appointment.objects.update(status=status)

    assert send_at(STARTS - DAY) == 0
    assert not Reminder.objects.due(STARTS - DAY).exists()


def test_a_reminder_on_its_way_is_dropped_when_the_visit_is_cancelled(queued, mailoutbox):
    appointment = confirmed()
    send_at(STARTS - DAY)
    with time_machine.travel(STARTS - DAY + SECOND):
        appointment.cancel(by=appointment.doctor.user, reason="other")
        for pk in queued:
            deliver(pk)

    assert set(Delivery.objects.filter(pk__in=queued).values_list("status", flat=True)) == {"dropped"}
    assert mailoutbox == []


def test_a_reminder_that_waited_until_the_start_is_dropped(queued, mailoutbox):
    confirmed()
    send_at(STARTS - QUARTER)

    with time_machine.travel(STARTS):
        sent = [deliver(pk) for pk in queued]

    assert sent == [False, False]
    assert mailoutbox == []


@pytest.mark.parametrize(
    ("starts_at", "due_at"),
    [
        # Lisbon: clocks go back on 25 October 2026 at 01:00 UTC, forward on 29 March 2026 at 01:00 UTC
        (datetime(2026, 10, 25, 9, tzinfo=UTC), datetime(2026, 10, 24, 9, tzinfo=UTC)),
        (datetime(2026, 10, 25, 1, 10, tzinfo=UTC), datetime(2026, 10, 25, 0, 55, tzinfo=UTC)),
        (datetime(2026, 3, 29, 1, 10, tzinfo=UTC), datetime(2026, 3, 29, 0, 55, tzinfo=UTC)),
    ],
)
def test_the_night_of_a_clock_change_moves_no_reminder(starts_at, due_at):
    appointment = confirmed(starts_at=starts_at, booked_at=starts_at - timedelta(days=5))

    assert due_at in set(appointment.reminders.values_list("due_at", flat=True))


def test_planning_again_follows_the_clinics_new_hours():
    appointment = confirmed()
    appointment.clinic.reminder_minutes = [60, 15]

    Reminder.objects.plan(appointment, at=BOOKED)
    Reminder.objects.plan(appointment, at=BOOKED)

    due = set(appointment.reminders.values_list("due_at", flat=True))
    assert due == {STARTS - timedelta(hours=1), STARTS - QUARTER}


@pytest.mark.django_db(transaction=True)
def test_workers_at_once_remind_once(monkeypatch):
    monkeypatch.setattr(module, "BATCH", 1)
    appointments = [confirmed(starts_at=STARTS + timedelta(hours=number)) for number in range(4)]

    def work(_worker):
        try:
            return send_due_reminders()
        finally:
            connections.close_all()

    with time_machine.travel(STARTS - timedelta(minutes=1)), ThreadPoolExecutor(4) as pool:
        queued = sum(pool.map(work, range(4)))

    assert queued == reminded().count() == 2 * len(appointments)


def test_a_failure_halfway_leaves_them_due(monkeypatch):
    confirmed()

    def fail(*arguments):
        raise RuntimeError("no room")

    monkeypatch.setattr(Notice.objects, "give", fail)
    with pytest.raises(RuntimeError):
        send_at(STARTS - DAY)

    assert Reminder.objects.due(STARTS - DAY).count() == 1


def test_many_reminders_are_found_in_one_query(django_assert_num_queries):
    confirmed()

    with django_assert_num_queries(1):
        assert Reminder.objects.due(STARTS - DAY).count() == 1


@pytest.mark.parametrize(("options", "left"), [([], 0), (["--dry-run"], 1)])
def test_the_command_says_how_many_are_due(options, left):
    confirmed()
    said = StringIO()

    with time_machine.travel(STARTS - DAY):
        call_command("send_reminders", *options, stdout=said)

    assert said.getvalue() == "1 reminder(s) due\n"
    assert Reminder.objects.due(STARTS - DAY).count() == left
