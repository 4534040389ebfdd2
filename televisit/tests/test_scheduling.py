"""A visit follows its appointment: it is made with it, moves with it, and is closed with it."""

from datetime import timedelta

import pytest
from django.db.backends.postgresql.psycopg_any import DateTimeTZRange
from django.utils import timezone

from appointments.models import Appointment
from appointments.tests.factories import AppointmentFactory, SlotFactory, booked
from clinic.people.models import Doctor
from televisit.errors import NotConfirmed
from televisit.models import Visit, VisitEvent
from televisit.tests.factories import a_visit, both_in

pytestmark = pytest.mark.django_db


def test_confirmed_appointment_has_its_visit_at_once():
    appointment = booked()

    visit = appointment.visit

    assert visit.status == Visit.Status.SCHEDULED
    assert visit.opens_at == appointment.period.lower - timedelta(minutes=15)
    assert visit.expires_at == appointment.period.upper + timedelta(minutes=15)
    assert [event.kind for event in visit.events.all()] == [VisitEvent.Kind.CREATED]


def test_requested_appointment_has_no_visit_until_it_is_accepted():
    appointment = booked(SlotFactory(doctor__booking_mode=Doctor.Mode.REQUEST))
    assert not Visit.objects.filter(appointment=appointment).exists()

    appointment.accept(by=appointment.doctor.user)

    assert appointment.visit.host == appointment.doctor


def test_code_has_sixty_bits_and_is_read_as_it_is_spoken():
    visit = a_visit()

    typed = visit.spoken_code.lower().replace("0", "o").replace("1", "l")

    assert len(visit.code) == 12
    assert Visit.objects.coded(typed).get() == visit


def test_cancelled_appointment_cancels_its_visit():
    appointment = booked()

    appointment.cancel(by=appointment.patient.user, reason=Appointment.EndReason.MISTAKE)

    appointment.visit.refresh_from_db()
    assert appointment.visit.status == Visit.Status.CANCELLED
    assert appointment.visit.phase(timezone.now()) == Visit.Phase.CANCELLED


def test_visit_moves_with_its_appointment():
    visit = a_visit()
    later = DateTimeTZRange(*(end + timedelta(days=1) for end in (visit.starts_at, visit.ends_at)))
    Appointment.objects.filter(pk=visit.appointment_id).update(period=later)
    at = timezone.now()

    visit.follow_appointment(by=None, at=at)
    visit.follow_appointment(by=None, at=at)

    assert visit.opens_at == later.lower - timedelta(minutes=15)
    assert visit.phase(at) == Visit.Phase.EARLY
    assert visit.events.filter(kind=VisitEvent.Kind.MOVED).count() == 1


def test_appointment_held_by_phone_leaves_no_visit_to_wait_in():
    visit = a_visit(starts_in=timedelta(minutes=-5))

    visit.appointment.complete(by=visit.host.user)

    visit.refresh_from_db()
    assert visit.status == Visit.Status.CANCELLED


def test_appointment_completed_elsewhere_ends_its_visit():
    visit = a_visit()
    both_in(visit)

    visit.appointment.complete(by=visit.host.user)

    visit.refresh_from_db()
    assert visit.status == Visit.Status.ENDED


def test_only_a_confirmed_appointment_gets_a_visit():
    appointment = AppointmentFactory(status=Appointment.Status.DECLINED)

    with pytest.raises(NotConfirmed):
        Visit.objects.schedule(appointment, by=None, at=timezone.now())


def test_scheduling_again_gives_the_same_visit():
    visit = a_visit()

    again = Visit.objects.schedule(visit.appointment, by=None, at=timezone.now())

    assert again == visit
    assert visit.events.count() == 1
