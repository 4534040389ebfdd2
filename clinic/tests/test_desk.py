"""The desk: what staff have to know now, on the first page of the admin."""

from datetime import timedelta

import pytest
from django.urls import reverse
from django.utils import timezone

from appointments.models import Appointment
from appointments.tests.factories import AppointmentFactory
from clinic import heartbeats
from clinic.notices.accounts import notices_of_registration
from clinic.notices.models import Notice
from clinic.people.tests.factories import ClinicFactory, DoctorFactory, PatientFactory, StaffFactory, staff_in
from televisit.models import Integration, Invitation
from televisit.models.choices import Role
from televisit.tests.factories import a_seat_of_the_patient, a_visit

pytestmark = pytest.mark.django_db
Status = Appointment.Status


def panels(client, user):
    """The panels as `user` sees them: the texts of their rows, by title."""
    client.force_login(user)
    shown = client.get(reverse("admin:index")).context["panels"]
    return {str(panel.title): [row.text for row in panel.rows] for panel in shown}


def names(appointment):
    return f"{appointment.patient}, {appointment.doctor}"


def test_who_waits_and_who_is_late(client):
    waits, missing = a_visit(starts_in=timedelta(minutes=-8)), a_visit(starts_in=timedelta(minutes=-9))
    seat = a_seat_of_the_patient(waits)

    seen = panels(client, StaffFactory())

    assert seen["In the waiting room"] == [f"{seat.name}, Patient"]
    assert seen["Late"] == [names(missing.appointment), names(waits.appointment)]


def test_visits_of_today_leave_out_the_cancelled(client):
    coming = AppointmentFactory(begins=timezone.now() + timedelta(seconds=1))
    AppointmentFactory(begins=timezone.now() + timedelta(seconds=1), status=Status.CANCELLED)

    assert panels(client, StaffFactory())["Visits of today, from now on"] == [names(coming)]


def test_requests_that_end_within_two_hours(client):
    at = timezone.now()
    soon, later = (
        AppointmentFactory(status=Status.REQUESTED, respond_by=at + timedelta(hours=hours)) for hours in (1, 3)
    )

    assert panels(client, StaffFactory())["Requests that end soon"] == [names(soon)]
    assert later.status == Status.REQUESTED


def test_emergencies_that_nobody_has_taken(client):
    patient = PatientFactory()
    Appointment.objects.create(
        patient=patient,
        clinic=ClinicFactory(),
        status=Status.REQUESTED,
        is_emergency=True,
        respond_by=timezone.now() + timedelta(minutes=30),
        booked_by=patient.user,
    )

    assert panels(client, StaffFactory())["Emergencies that nobody has taken"] == [str(patient)]


def test_what_is_over_without_an_outcome(client):
    over = AppointmentFactory(begins=timezone.now() - timedelta(days=2))

    assert panels(client, StaffFactory())["Over, and nobody has said how it went"] == [names(over)]


def test_an_interpreter_is_arranged_once_one_is_invited(client):
    in_need = a_visit(starts_in=timedelta(days=1), patient=PatientFactory(interpreter_needed=True))
    a_visit(starts_in=timedelta(days=1))
    staff = StaffFactory()

    before = panels(client, staff)["Interpreters to arrange"]
    Invitation.objects.invite(in_need, role=Role.INTERPRETER, by=staff, at=timezone.now())

    assert before == [names(in_need.appointment)]
    assert panels(client, staff)["Interpreters to arrange"] == []


def test_a_video_service_whose_test_failed(client):
    clinic = ClinicFactory()
    for problem in ("", "The key is refused."):
        Integration.objects.create(clinic=clinic, provider="daily", problem=problem)

    assert panels(client, StaffFactory())["Video services that fail"] == [f"{clinic}, daily"]


def test_a_program_that_is_silent(client):
    heartbeats.note(heartbeats.WORKER)

    assert panels(client, staff_in("operator"))["Programs that have stopped"] == [heartbeats.BEAT]


def test_staff_of_one_clinic_see_that_clinic(client):
    here, there = a_visit(), a_visit()
    a_seat_of_the_patient(there)

    seen = panels(client, staff_in("receptionist", here.clinic))

    assert seen["Visits of today, from now on"] in ([names(here.appointment)], [])  # near midnight
    assert seen["In the waiting room"] == []


def test_a_message_about_no_visit_is_on_every_clinics_desk(client):
    [delivery] = Notice.objects.give(notices_of_registration(PatientFactory().user))
    delivery.give_up("refused")

    seen = panels(client, staff_in("operator", ClinicFactory()))

    assert seen["Messages that did not arrive"] == ["Registered, Email"]


@pytest.mark.parametrize(
    ("group", "titles"),
    [
        ("operator", {"Messages that did not arrive", "Video services that fail"}),
        ("auditor", set()),
    ],
)
def test_each_group_sees_what_it_needs(client, group, titles):
    seen = panels(client, staff_in(group))

    assert titles <= set(seen)
    assert "In the waiting room" not in seen


@pytest.mark.parametrize("group", ["receptionist", "manager", "operator", "auditor"])
def test_the_desk_takes_at_most_15_queries(client, group, django_assert_max_num_queries):
    doctor = DoctorFactory()
    for minutes in (-9, -2, 5):
        a_seat_of_the_patient(a_visit(starts_in=timedelta(minutes=minutes), doctor__clinic=doctor.clinic))
    AppointmentFactory(doctor=doctor, begins=timezone.now() - timedelta(days=2))
    client.force_login(staff_in(group, doctor.clinic))
    client.get(reverse("admin:index"))  # notes the session

    with django_assert_max_num_queries(15):
        client.get(reverse("admin:index"))


def test_every_link_of_the_desk_leads_somewhere(client):
    a_seat_of_the_patient(a_visit(starts_in=timedelta(minutes=-8)))
    AppointmentFactory(status=Status.REQUESTED, respond_by=timezone.now() + timedelta(hours=1))
    Integration.objects.create(clinic=ClinicFactory(), provider="daily", problem="The key is refused.")
    client.force_login(StaffFactory())
    shown = client.get(reverse("admin:index")).context["panels"]

    links = {panel.more for panel in shown} | {row.href for panel in shown for row in panel.rows}

    assert {client.get(link).status_code for link in links if link} == {200}
