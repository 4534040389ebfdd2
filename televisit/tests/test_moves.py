"""What a visit can become, and what that does to its appointment."""

from datetime import timedelta

import pytest
from django.utils import timezone

from appointments.models import Appointment
from televisit.errors import TooEarly, VisitIsCancelled, VisitIsOver, VisitMovedOn
from televisit.models import Attendance, Visit, VisitEvent
from televisit.signals import visit_changed
from televisit.tasks import close_expired_rooms
from televisit.tests.factories import a_seat_of_the_patient, a_visit, both_in

pytestmark = pytest.mark.django_db
LONG = timedelta(hours=3)


def test_visit_begins_once_both_sides_are_in():
    visit = a_visit()

    both_in(visit)

    assert visit.status == Visit.Status.ACTIVE
    assert visit.started_at is not None
    assert visit.appointment.status == Appointment.Status.IN_PROGRESS


def test_visit_does_not_begin_with_one_side_only():
    visit = a_visit()

    visit.take_seat(visit.host.user, at=timezone.now()).enter(at=timezone.now())

    visit.refresh_from_db()
    assert visit.status == Visit.Status.SCHEDULED


def test_ending_completes_the_appointment_and_closes_attendance():
    visit = a_visit()
    both_in(visit)
    at = timezone.now()

    visit.end(by=visit.host.user, at=at)
    visit.end(by=visit.host.user, at=at)

    visit.appointment.refresh_from_db()
    assert visit.status == Visit.Status.ENDED
    assert visit.phase(at) == Visit.Phase.ENDED
    assert visit.appointment.status == Appointment.Status.COMPLETED
    assert set(Attendance.objects.values_list("left_at", "trustworthy")) == {(at, True)}
    assert visit.events.filter(kind=VisitEvent.Kind.ENDED).count() == 1


def test_ending_without_the_other_side_gives_the_appointment_back():
    visit = a_visit()
    at = timezone.now()
    visit.start(by=visit.host.user, at=at)

    visit.end(by=visit.host.user, at=at)

    visit.appointment.refresh_from_db()
    assert visit.appointment.status == Appointment.Status.CONFIRMED


def test_visit_that_never_began_cannot_end():
    visit = a_visit()

    with pytest.raises(VisitMovedOn):
        visit.end(by=visit.host.user, at=timezone.now())

    visit.refresh_from_db()
    assert visit.status == Visit.Status.SCHEDULED
    assert visit.ended_at is None


def test_visit_that_has_begun_cannot_be_cancelled():
    visit = a_visit()
    both_in(visit)

    with pytest.raises(VisitMovedOn):
        visit.cancel(by=visit.host.user, at=timezone.now())


@pytest.mark.parametrize(
    ("starts_in", "refusal"),
    [(timedelta(minutes=16), TooEarly), (-LONG, VisitIsOver)],
)
def test_visit_cannot_start_outside_its_hours(starts_in, refusal):
    visit = a_visit(starts_in=starts_in)

    with pytest.raises(refusal):
        visit.start(at=timezone.now())


def test_cancelled_visit_cannot_start():
    visit = a_visit()
    visit.cancel(by=visit.host.user, at=timezone.now())

    with pytest.raises(VisitIsCancelled):
        visit.start(at=timezone.now())


def test_task_cancels_what_never_began(settings):
    settings.CELERY_TASK_ALWAYS_EAGER = True
    visit = a_visit(starts_in=-LONG)

    close_expired_rooms()
    close_expired_rooms()

    visit.refresh_from_db()
    assert visit.events.filter(kind=VisitEvent.Kind.EXPIRED).count() == 1
    assert visit.status == Visit.Status.CANCELLED
    assert visit.ended_at == visit.expires_at
    assert visit.phase(timezone.now()) == Visit.Phase.OVER
    assert visit.appointment.status == Appointment.Status.CONFIRMED


def test_task_ends_what_went_on_to_the_last_moment():
    visit = a_visit()
    both_in(visit)
    after = visit.expires_at + timedelta(seconds=5)

    assert visit.expire(at=after)

    assert visit.status == Visit.Status.ENDED
    assert visit.phase(after) == Visit.Phase.OVER
    assert visit.appointment.status == Appointment.Status.COMPLETED
    assert set(Attendance.objects.values_list("left_at", "trustworthy")) == {(visit.expires_at, False)}


def test_one_room_that_cannot_be_closed_does_not_keep_the_others_open(settings):
    settings.CELERY_TASK_ALWAYS_EAGER = True
    broken, sound = a_visit(starts_in=-LONG), a_visit(starts_in=-LONG)

    def fail(event, **kwargs):
        if event.visit == broken:
            raise ConnectionError

    visit_changed.connect(fail)
    try:
        close_expired_rooms()
    finally:
        visit_changed.disconnect(fail)

    assert list(Visit.objects.unfinished()) == [broken]
    assert Visit.objects.get(pk=sound.pk).status == Visit.Status.CANCELLED


def test_task_leaves_open_rooms_alone(settings):
    settings.CELERY_TASK_ALWAYS_EAGER = True
    visit = a_visit()
    both_in(visit)

    close_expired_rooms()

    assert not visit.expire(at=timezone.now())
    assert Visit.objects.get().status == Visit.Status.ACTIVE


def test_ending_at_the_last_second_counts_as_time_over():
    visit = a_visit()
    both_in(visit)

    visit.end(by=visit.host.user, at=visit.expires_at + timedelta(seconds=2))

    assert visit.phase(visit.expires_at + timedelta(seconds=3)) == Visit.Phase.OVER


def test_waiting_alone_does_not_begin_the_visit():
    visit = a_visit()

    a_seat_of_the_patient(visit)

    visit.refresh_from_db()
    assert visit.status == Visit.Status.SCHEDULED
