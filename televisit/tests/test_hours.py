"""Time added to a visit, a visit opened again, and one that goes on by phone."""

from datetime import timedelta

import pytest
from django.db.backends.postgresql.psycopg_any import DateTimeTZRange
from django.utils import timezone

from appointments.models import Appointment, Slot
from televisit.errors import DoctorNotIn, ExtendedTooFar, NotByPhone, VisitIsOver, VisitMovedOn
from televisit.models import Visit, VisitEvent
from televisit.tests.factories import a_visit, both_in

pytestmark = pytest.mark.django_db
Kind = VisitEvent.Kind


@pytest.fixture
def visit() -> Visit:
    """An active visit, both sides in."""
    visit = a_visit()
    both_in(visit)
    return visit


def a_slot_after(visit: Visit, *, minutes: int) -> Slot:
    start = visit.ends_at + timedelta(minutes=minutes)
    period = DateTimeTZRange(start, start + timedelta(minutes=20))
    return Slot.objects.create(doctor=visit.host, period=period, is_single=True)


def test_doctor_extends_the_time_that_is_left(visit):
    ends_at, expires_at = visit.ends_at, visit.expires_at

    visit.extend(10, by=visit.host.user, at=timezone.now())

    visit.refresh_from_db()
    assert visit.ends_at == ends_at + timedelta(minutes=10)
    assert visit.expires_at == expires_at + timedelta(minutes=10)
    assert visit.events.get(kind=Kind.EXTENDED).note == "10"


def test_open_slots_under_the_extension_are_withdrawn(visit):
    under, later = a_slot_after(visit, minutes=5), a_slot_after(visit, minutes=30)

    visit.extend(10, by=visit.host.user, at=timezone.now())

    for slot in (under, later):
        slot.refresh_from_db()
    assert (under.status, later.status) == (Slot.Status.COVERED, Slot.Status.OPEN)


def test_extension_goes_no_further_than_the_clinic_lets_it(visit):
    visit.extend(20, by=visit.host.user, at=timezone.now())

    with pytest.raises(ExtendedTooFar):
        visit.extend(11, by=visit.host.user, at=timezone.now())

    assert visit.minutes_to_add == 10


@pytest.mark.parametrize("minutes", [0, -5])
def test_extension_adds_time(visit, minutes):
    with pytest.raises(ExtendedTooFar):
        visit.extend(minutes, by=visit.host.user, at=timezone.now())


def test_doctor_who_is_not_in_cannot_extend(visit):
    visit.participants.get(role="doctor").attendances.end_all(timezone.now())

    with pytest.raises(DoctorNotIn):
        visit.extend(10, by=visit.host.user, at=timezone.now())


def test_visit_that_is_over_cannot_be_extended(visit):
    with pytest.raises(VisitIsOver):
        visit.extend(10, by=visit.host.user, at=visit.expires_at)


def test_visit_that_has_not_begun_cannot_be_extended():
    visit = a_visit()
    visit.take_seat(visit.host.user, at=timezone.now()).enter(at=timezone.now())

    with pytest.raises(VisitMovedOn):
        visit.extend(10, by=visit.host.user, at=timezone.now())


def test_next_visit_of_the_doctor_is_known_and_held_up(visit):
    following = a_visit(starts_in=timedelta(minutes=25), doctor=visit.host)
    assert visit.ends_at <= following.starts_at

    visit.extend(10, by=visit.host.user, at=timezone.now())

    assert Visit.objects.next_after(visit).first() == following
    assert Visit.objects.held_up_by(visit).get() == following


def test_ended_visit_is_opened_again(visit):
    visit.end(by=visit.host.user, at=timezone.now())

    visit.reopen(by=visit.host.user, at=timezone.now())
    visit.reopen(by=visit.host.user, at=timezone.now())

    visit.refresh_from_db()
    assert (visit.status, visit.ended_at) == (Visit.Status.ACTIVE, None)
    assert visit.phase(timezone.now()) == Visit.Phase.OPEN
    assert visit.events.filter(kind=Kind.REOPENED).count() == 1
    assert visit.appointment.status == Appointment.Status.COMPLETED


def test_visit_that_was_opened_again_ends_again(visit):
    visit.end(by=visit.host.user, at=timezone.now())
    visit.reopen(by=visit.host.user, at=timezone.now())

    visit.end(by=visit.host.user, at=timezone.now())

    assert visit.status == Visit.Status.ENDED
    assert visit.appointment.status == Appointment.Status.COMPLETED


def test_visit_ended_before_the_patient_came_is_held_after_all_once_reopened():
    visit = a_visit(starts_in=-timedelta(minutes=1))
    visit.start(by=visit.host.user, at=timezone.now())
    visit.end(by=visit.host.user, at=timezone.now())

    visit.reopen(by=visit.host.user, at=timezone.now())
    both_in(visit)
    visit.end(by=visit.host.user, at=timezone.now())

    visit.appointment.refresh_from_db()
    assert visit.appointment.status == Appointment.Status.COMPLETED


def test_closed_room_is_not_opened_again(visit):
    visit.end(by=visit.host.user, at=timezone.now())

    with pytest.raises(VisitIsOver):
        visit.reopen(by=visit.host.user, at=visit.expires_at)


def test_cancelled_visit_is_not_opened_again():
    visit = a_visit()
    visit.cancel(by=visit.host.user, at=timezone.now())

    with pytest.raises(VisitMovedOn):
        visit.reopen(by=visit.host.user, at=timezone.now())


def test_visit_that_never_began_is_not_opened_again():
    visit = a_visit()

    with pytest.raises(VisitMovedOn):
        visit.reopen(by=visit.host.user, at=timezone.now())


def test_visit_by_phone_counts_as_held_though_the_patient_never_came_in():
    visit = a_visit(starts_in=-timedelta(minutes=1))

    visit.go_on_by_phone(by=visit.host.user, at=timezone.now())
    visit.go_on_by_phone(by=visit.host.user, at=timezone.now())
    visit.enter_phone_minutes(12)
    visit.end(by=visit.host.user, at=timezone.now())

    visit.refresh_from_db()
    visit.appointment.refresh_from_db()
    assert visit.phone_minutes == 12
    assert visit.events.filter(kind=Kind.BY_PHONE).count() == 1
    assert visit.appointment.status == Appointment.Status.COMPLETED


def test_minutes_on_the_phone_need_a_call(visit):
    with pytest.raises(NotByPhone):
        visit.enter_phone_minutes(12)
