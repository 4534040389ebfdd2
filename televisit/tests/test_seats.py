"""Who may sit where: seats, waiting, admission, removal, attendance."""

from datetime import timedelta

import pytest
from django.db import connection
from django.utils import timezone

from clinic.people.models import Doctor
from clinic.people.tests.factories import (
    APPROVED_AT,
    PatientFactory,
    RepresentationFactory,
    StaffFactory,
    UserFactory,
)
from televisit.errors import CannotRemoveHost, NoSeat, NotAdmitted, TooEarly, VisitIsOver, WasRemoved
from televisit.models import Attendance, Participant, Visit, VisitEvent
from televisit.permissions import can_run
from televisit.tests.factories import a_seat_of_the_patient, a_visit, both_in

pytestmark = pytest.mark.django_db


def test_doctor_is_admitted_from_the_start():
    visit = a_visit()

    seat = visit.seat_in_room(visit.host.user, at=timezone.now())

    assert seat.is_host
    assert seat.is_admitted


def test_patient_comes_by_the_door():
    visit = a_visit()

    with pytest.raises(NoSeat):
        visit.seat_in_room(visit.appointment.patient.user, at=timezone.now())


def test_each_user_has_one_seat():
    visit = a_visit()
    user = visit.appointment.patient.user

    seats = {visit.take_seat(user, at=timezone.now()).pk for _time in range(2)}

    assert len(seats) == 1


def test_who_acts_for_the_patient_has_a_seat_of_their_own():
    acting = RepresentationFactory()
    visit = a_visit(patient=acting.patient, booked_by=acting.user)

    seat = visit.take_seat(acting.user, at=timezone.now())

    assert seat.role == Participant.Role.REPRESENTATIVE
    assert seat.name == acting.user.full_name


@pytest.mark.parametrize(
    ("who", "sees", "sits"),
    [("doctor", 1, 1), ("patient", 1, 1), ("staff", 1, 0), ("stranger", 0, 0), ("other patient", 0, 0)],
)
def test_who_knows_of_a_visit_and_who_has_a_seat(who, sees, sits):
    visit = a_visit()
    users = {
        "doctor": visit.host.user,
        "patient": visit.appointment.patient.user,
        "staff": StaffFactory(),
        "stranger": UserFactory(),
        "other patient": PatientFactory().user,
    }

    assert Visit.objects.visible_to(users[who]).count() == sees
    assert Visit.objects.with_seat_for(users[who]).count() == sits


@pytest.mark.parametrize(
    ("starts_in", "refusal"),
    [(timedelta(minutes=16), TooEarly), (timedelta(hours=-3), VisitIsOver)],
)
def test_no_seat_is_taken_outside_the_visits_hours(starts_in, refusal):
    visit = a_visit(starts_in=starts_in)

    with pytest.raises(refusal):
        visit.take_seat(visit.appointment.patient.user, at=timezone.now())

    assert not visit.participants.exists()


def test_place_and_number_are_encrypted_at_rest():
    seat = a_seat_of_the_patient(a_visit())

    with connection.cursor() as cursor:
        cursor.execute("SELECT place, callback FROM televisit_participant WHERE id = %s", [seat.pk])
        stored = b"".join(bytes(value) for value in cursor.fetchone())

    assert b"Harbour" not in stored
    assert b"912" not in stored
    assert Participant.objects.get(pk=seat.pk).place == "5 Harbour Street, Lisbon"


def test_who_waits_is_seen_while_there_and_keeps_the_place_in_line():
    visit = a_visit()
    at = timezone.now()
    seat = a_seat_of_the_patient(visit, at=at)
    seat.wait(at=at + timedelta(seconds=15))
    assert list(visit.participants.waiting(at + timedelta(seconds=20))) == [seat]

    seat.stop_waiting()
    seat.refresh_from_db()

    assert not visit.participants.waiting(at + timedelta(seconds=20)).exists()
    assert seat.waiting_since == at
    assert visit.events.filter(kind=VisitEvent.Kind.WAITING).count() == 1


def test_who_vanished_no_longer_waits():
    visit = a_visit()
    a_seat_of_the_patient(visit, at=timezone.now() - timedelta(seconds=60))

    assert not visit.participants.waiting(timezone.now()).exists()


def test_nobody_enters_before_being_admitted():
    seat = a_seat_of_the_patient(a_visit())

    with pytest.raises(NotAdmitted):
        seat.enter(at=timezone.now())

    assert not Attendance.objects.exists()


def test_admission_holds():
    seat = a_seat_of_the_patient(a_visit())

    for _time in range(2):
        seat.admit(by=seat.visit.host.user, at=timezone.now())

    assert Participant.objects.get(pk=seat.pk).is_admitted
    assert seat.visit.events.filter(kind=VisitEvent.Kind.ADMITTED).count() == 1


def test_removal_sticks():
    visit = a_visit()
    seat = a_seat_of_the_patient(visit, admitted=True)

    seat.remove(by=visit.host.user, at=timezone.now())

    assert not seat.is_admitted
    with pytest.raises(WasRemoved):
        visit.seat_in_room(seat.user, at=timezone.now())
    with pytest.raises(WasRemoved):
        visit.take_seat(seat.user, at=timezone.now())
    with pytest.raises(WasRemoved):
        seat.admit(by=visit.host.user, at=timezone.now())


def test_the_doctor_cannot_be_removed():
    visit = a_visit()
    doctor = visit.take_seat(visit.host.user, at=timezone.now())

    with pytest.raises(CannotRemoveHost):
        doctor.remove(by=visit.host.user, at=timezone.now())


def test_second_page_ends_the_attendance_of_the_first():
    visit = a_visit()
    doctor = visit.take_seat(visit.host.user, at=timezone.now())
    first = doctor.enter(at=timezone.now())

    doctor.enter(at=timezone.now())

    first.refresh_from_db()
    assert first.left_at is not None
    assert not first.trustworthy
    assert not first.leave(at=timezone.now())


def test_leaving_is_kept_and_coming_back_is_possible():
    visit = a_visit()
    _doctor, patient = both_in(visit)
    attendance = patient.attendances.get()

    assert attendance.leave(at=timezone.now())
    patient.enter(at=timezone.now())

    assert patient.attendances.count() == 2
    kinds = [event.kind for event in patient.events.all()]
    assert kinds == ["waiting", "admitted", "joined", "left", "joined"]


@pytest.mark.parametrize("state", [{"suspended_at": APPROVED_AT}, {"approved_at": None}])
def test_doctor_who_does_not_practise_has_no_part_in_a_visit(state):
    visit = a_visit()
    visit.take_seat(visit.host.user, at=timezone.now())
    Doctor.objects.filter(pk=visit.host.pk).update(**state)
    visit = Visit.objects.with_parties().get()

    with pytest.raises(NoSeat):
        visit.seat_in_room(visit.host.user, at=timezone.now())

    assert visit.role_of(visit.host.user, timezone.now()) is None
    assert not can_run(visit.host.user, visit)
    assert not Visit.objects.visible_to(visit.host.user).exists()
    assert not Visit.objects.with_seat_for(visit.host.user).exists()
