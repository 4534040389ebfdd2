"""What staff do in the admin with the appointments of a doctor who is suspended, and with one that has to change."""

import pytest
from django.urls import reverse
from django.utils import timezone

from appointments.hand_over import HandOver
from appointments.models import Appointment
from clinic.people.tests.factories import DoctorFactory, StaffFactory

from .factories import AppointmentFactory

pytestmark = pytest.mark.django_db


@pytest.fixture
def staff(client):
    staff = StaffFactory()
    client.force_login(staff)
    return staff


def act(client, kind, action, *rows):
    body = {"action": action, "_selected_action": [row.pk for row in rows]}
    return client.post(reverse(f"admin:{kind}_changelist"), body)


def test_suspending_leads_to_what_the_doctor_leaves_behind(client, staff):
    doctor = DoctorFactory()
    coming = [AppointmentFactory(doctor=doctor) for _ in range(2)]

    page = client.get(act(client, "people_doctor", "suspend", doctor)["Location"])

    assert {each.reference for each, _form in page.context["rows"]} == {each.reference for each in coming}


def test_what_a_suspended_doctor_leaves_behind_is_cancelled_on_that_page(client, staff):
    appointment = AppointmentFactory()
    page = act(client, "people_doctor", "suspend", appointment.doctor)["Location"]

    client.post(page, {f"{appointment.reference}-what": "cancel"})

    appointment.refresh_from_db()
    assert appointment.status == Appointment.Status.CANCELLED


def test_nothing_is_moved_to_later_times_of_who_is_suspended():
    appointment = AppointmentFactory()
    appointment.doctor.suspend(at=timezone.now())

    choices = HandOver(appointment.doctor, None, at=timezone.now()).choices_for(appointment)

    assert [key for key, _label in choices] == ["keep", "cancel"]


@pytest.mark.parametrize(
    ("action", "address"),
    [
        ("move", lambda each: reverse("appointments:move", args=[each.reference])),
        ("hand_over", lambda each: f"{reverse('desk:hand-over')}?doctor={each.doctor.slug}&day="),
        ("book_over", lambda each: reverse("desk:own-time", args=[each.patient.uid])),
    ],
)
def test_an_action_leads_to_the_desks_page_about_one_appointment(client, staff, action, address):
    appointment = AppointmentFactory()

    response = act(client, "appointments_appointment", action, appointment)

    assert response["Location"].startswith(address(appointment))
    assert client.get(response["Location"]).status_code == 200


def test_an_action_for_one_refuses_two(client, staff):
    two = [AppointmentFactory() for _ in range(2)]

    response = act(client, "appointments_appointment", "move", *two)

    assert response["Location"].startswith(reverse("admin:appointments_appointment_changelist"))
