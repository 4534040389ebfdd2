"""The moves of an appointment, and when the rules refuse them."""

from contextlib import nullcontext
from datetime import timedelta

import pytest
import time_machine
from django.core.management import call_command
from django.utils import timezone

from appointments import tasks
from appointments.errors import AppointmentIsOver, NotBegunYet, RequestTimeIsOver, TooEarlyForNoShow, TransitionRefused
from appointments.models import Appointment, Slot
from clinic.people.models import Doctor
from clinic.people.tests.factories import DoctorFactory, StaffFactory

from .factories import AppointmentFactory, SlotFactory, booked

pytestmark = pytest.mark.django_db

Status = Appointment.Status
HOUR = timedelta(hours=1)
END = {"reason": "other"}
MOVES = {
    "accept": (lambda each, by: each.accept(by=by), {Status.REQUESTED: Status.CONFIRMED}),
    "decline": (lambda each, by: each.decline(by=by, **END), {Status.REQUESTED: Status.DECLINED}),
    "cancel": (
        lambda each, by: each.cancel(by=by, **END),
        {Status.REQUESTED: Status.CANCELLED, Status.CONFIRMED: Status.CANCELLED},
    ),
    "begin": (
        lambda each, by: each.begin(by=by),
        {Status.CONFIRMED: Status.IN_PROGRESS, Status.IN_PROGRESS: Status.IN_PROGRESS},
    ),
    "pause": (lambda each, by: each.pause(by=by), {Status.IN_PROGRESS: Status.CONFIRMED}),
    "complete": (
        lambda each, by: each.complete(by=by),
        {Status.CONFIRMED: Status.COMPLETED, Status.IN_PROGRESS: Status.COMPLETED},
    ),
    "mark_no_show": (lambda each, by: each.mark_no_show(by=by), {Status.CONFIRMED: Status.NO_SHOW}),
}


def requested() -> Appointment:
    return booked(SlotFactory(doctor=DoctorFactory(booking_mode=Doctor.Mode.REQUEST)))


@pytest.mark.parametrize("status", Status)
@pytest.mark.parametrize("move", MOVES)
def test_a_move_leads_where_it_should_or_is_refused(move, status):
    act, leads = MOVES[move]
    starts = timezone.now() + (HOUR if move == "accept" else -HOUR)
    appointment = AppointmentFactory(status=status, begins=starts)
    expected = leads.get(status)

    if expected is None:
        with pytest.raises(TransitionRefused):
            act(appointment, appointment.doctor.user)
    else:
        act(appointment, appointment.doctor.user)

    appointment.refresh_from_db()
    assert appointment.status == (expected or status)
    assert appointment.events.count() == (expected not in {None, status})


def test_every_move_that_frees_time_raises_the_calendars_revision():
    appointment = booked()

    appointment.cancel(by=appointment.patient.user, reason="mistake")

    assert (appointment.sequence, appointment.version) == (1, 1)


def test_a_slot_that_is_free_again_can_be_booked_by_somebody_else():
    appointment = booked()
    slot = appointment.slot
    appointment.cancel(by=appointment.patient.user, reason="mistake")

    again = booked(Slot.objects.get(pk=slot.pk))

    assert again.slot == slot


def test_it_is_completed_from_the_start_on():
    appointment = AppointmentFactory()

    with pytest.raises(NotBegunYet):
        appointment.complete(by=appointment.doctor.user)


@pytest.mark.parametrize(("minutes", "refused"), [(9, True), (10, False)])
def test_nobody_is_a_no_show_before_ten_minutes_have_gone(minutes, refused):
    now = timezone.now()
    appointment = AppointmentFactory(begins=now - timedelta(minutes=minutes))

    with time_machine.travel(now, tick=False), pytest.raises(TooEarlyForNoShow) if refused else nullcontext():
        appointment.mark_no_show(by=appointment.doctor.user)

    assert (appointment.status == Status.NO_SHOW) is not refused


def test_a_request_whose_time_is_past_is_not_accepted():
    appointment = AppointmentFactory(status=Status.REQUESTED, begins=timezone.now() - HOUR)

    with pytest.raises(RequestTimeIsOver):
        appointment.accept(by=appointment.doctor.user)


def test_only_doctor_and_staff_cancel_what_is_over():
    appointment = AppointmentFactory(begins=timezone.now() - HOUR)

    with pytest.raises(AppointmentIsOver):
        appointment.cancel(by=appointment.patient.user, reason="mistake")
    appointment.cancel(by=StaffFactory(), reason="clinic_missed")

    assert appointment.status == Status.CANCELLED


def test_a_request_is_to_be_answered_in_time_and_before_its_start():
    soon = SlotFactory(doctor=DoctorFactory(booking_mode=Doctor.Mode.REQUEST))
    now = soon.starts_at - timedelta(hours=2)

    assert booked(soon, at=now).respond_by == soon.starts_at


def test_a_request_that_nobody_answered_expires_and_frees_its_slot():
    request = requested()
    slot = request.slot

    did_it = request.expire(at=request.respond_by)

    slot.refresh_from_db()
    assert did_it
    assert (request.status, slot.status) == (Status.EXPIRED, Slot.Status.OPEN)


def test_a_request_does_not_expire_before_its_hour():
    request = requested()

    did_it = request.expire(at=request.respond_by - timedelta(seconds=1))

    assert (did_it, request.status) == (False, Status.REQUESTED)


def test_expiring_twice_does_it_once():
    request = requested()

    assert [request.expire(at=request.respond_by), request.expire(at=request.respond_by)] == [True, False]


def overdue() -> Appointment:
    request = requested()
    Appointment.objects.filter(pk=request.pk).update(respond_by=timezone.now())
    return request


def test_the_task_ends_overdue_requests_only(settings):
    settings.CELERY_TASK_ALWAYS_EAGER = True
    late, early = overdue(), requested()

    tasks.expire_requests()

    late.refresh_from_db()
    early.refresh_from_db()
    assert (late.status, early.status) == (Status.EXPIRED, Status.REQUESTED)


@pytest.mark.parametrize(("options", "status"), [([], Status.EXPIRED), (["--dry-run"], Status.REQUESTED)])
def test_the_command_ends_overdue_requests_or_counts_them(capsys, options, status):
    late = overdue()

    call_command("expire_requests", *options)

    late.refresh_from_db()
    assert late.status == status
    assert capsys.readouterr().out.startswith("1 request(s)")
