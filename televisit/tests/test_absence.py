"""Who did not come: the doctor, the patient, or nobody knows."""

from datetime import timedelta

import pytest
import time_machine

from appointments.models import Appointment, AppointmentEvent
from televisit import tasks
from televisit.models import Visit

from .factories import a_seat_of_the_patient, a_visit

pytestmark = pytest.mark.django_db

Status = Appointment.Status
MINUTE = timedelta(minutes=1)


@pytest.fixture(autouse=True)
def eager(settings):
    settings.CELERY_TASK_ALWAYS_EAGER = True


@pytest.fixture
def visit():
    return a_visit(starts_in=timedelta())


def look(visit: Visit, after: timedelta) -> Appointment:
    """The appointment once the task has looked, `after` its start."""
    with time_machine.travel(visit.starts_at + after, tick=False):
        tasks.find_absences()
    return Appointment.objects.get(pk=visit.appointment_id)


def doctor_sits(visit: Visit, *, until: timedelta, trustworthy: bool = True) -> None:
    """The doctor was in the room from the start on."""
    at = visit.starts_at
    attendance = visit.take_seat(visit.host.user, at=at).enter(at=at)
    attendance.leave(at=at + until)
    type(attendance).objects.update(trustworthy=trustworthy)


def absences(appointment: Appointment) -> int:
    return appointment.events.filter(kind=AppointmentEvent.Kind.DOCTOR_ABSENT).count()


@pytest.mark.parametrize(("minutes", "count"), [(9, 0), (10, 1)])
def test_a_doctor_who_has_not_come_after_ten_minutes_is_missed(visit, minutes, count):
    a_seat_of_the_patient(visit)

    assert absences(look(visit, minutes * MINUTE)) == count


def test_people_are_told_once_that_the_doctor_is_absent(visit):
    a_seat_of_the_patient(visit)

    look(visit, 11 * MINUTE)

    assert absences(look(visit, 12 * MINUTE)) == 1


def test_nobody_misses_a_doctor_for_whom_nobody_waits(visit):
    assert absences(look(visit, 15 * MINUTE)) == 0


def test_a_doctor_who_was_there_is_not_absent(visit):
    a_seat_of_the_patient(visit)
    doctor_sits(visit, until=5 * MINUTE)

    assert absences(look(visit, 15 * MINUTE)) == 0


def test_a_doctor_who_never_came_is_the_clinics_miss(visit):
    a_seat_of_the_patient(visit)

    appointment = look(visit, visit.expires_at - visit.starts_at)

    assert (appointment.status, appointment.end_reason) == (Status.CANCELLED, "clinic_missed")


def test_a_patient_who_never_came_to_a_doctor_who_was_there_is_a_no_show(visit):
    doctor_sits(visit, until=15 * MINUTE)

    assert look(visit, visit.expires_at - visit.starts_at).status == Status.NO_SHOW


@pytest.mark.parametrize("doctor_came", [True, False])
def test_what_is_not_certain_is_left_to_the_doctor(visit, doctor_came):
    if doctor_came:
        doctor_sits(visit, until=15 * MINUTE, trustworthy=False)

    assert look(visit, visit.expires_at - visit.starts_at).status == Status.CONFIRMED
