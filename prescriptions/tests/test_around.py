"""What other pages show of prescriptions: the appointment's, and the admin's."""

import pytest
from django.template import Context, Template
from django.urls import reverse

from appointments.tests.factories import AppointmentFactory
from clinic.people.tests.factories import StaffFactory

from .factories import PrescriptionFactory, issued, revoked

pytestmark = pytest.mark.django_db


@pytest.fixture
def shown(rf):
    """What ``{% prescription_of appointment %}`` shows to a user."""

    def render(appointment, user):
        request = rf.get("/")
        request.user = user
        template = Template("{% load prescriptions %}{% prescription_of appointment %}")
        return template.render(Context({"request": request, "appointment": appointment}))

    return render


def test_the_doctor_may_begin_where_there_is_none(shown):
    appointment = AppointmentFactory()

    assert "Write a prescription" in shown(appointment, appointment.doctor.user)


def test_the_patient_may_not_begin_one(shown):
    appointment = AppointmentFactory()

    assert "prescription" not in shown(appointment, appointment.patient.user)


def test_nothing_is_begun_for_a_cancelled_appointment(shown):
    appointment = AppointmentFactory(status="cancelled")

    assert "prescription" not in shown(appointment, appointment.doctor.user)


def test_a_draft_is_for_its_doctor_to_finish(shown):
    draft = PrescriptionFactory()

    assert "Finish the prescription" in shown(draft.appointment, draft.doctor.user)
    assert "prescription" not in shown(draft.appointment, draft.patient.user)


def test_both_parties_are_led_to_what_was_issued(shown):
    prescription = issued()

    for user in (prescription.patient.user, prescription.doctor.user):
        assert prescription.get_absolute_url() in shown(prescription.appointment, user)
    assert "Write a prescription" not in shown(prescription.appointment, prescription.doctor.user)


def test_after_a_revocation_a_new_one_can_begin(shown):
    prescription = revoked()

    html = shown(prescription.appointment, prescription.doctor.user)

    assert "Revoked" in html
    assert "Write a prescription" in html


def test_the_doctors_day_lists_what_is_to_finish(client):
    draft = PrescriptionFactory()
    other, done = PrescriptionFactory(), issued(appointment__doctor=draft.doctor)
    client.force_login(draft.doctor.user)

    page = client.get(reverse("doctor:today")).content.decode()

    assert draft.get_absolute_url() in page
    assert other.get_absolute_url() not in page
    assert done.get_absolute_url() not in page


def test_staff_see_how_prescriptions_stand_but_not_what_they_say(client):
    prescription = issued(diagnosis="Bronchitis", advice="Rest in bed")
    client.force_login(StaffFactory())

    pages = [
        client.get(reverse("admin:prescriptions_prescription_changelist")),
        client.get(reverse("admin:prescriptions_prescription_change", args=[prescription.pk])),
    ]

    for page in pages:
        text = page.content.decode()
        assert prescription.reference in text
        for secret in ["Bronchitis", "Rest in bed", "Amoxicillin", prescription.code]:
            assert secret not in text


def test_staff_change_no_prescription(client):
    prescription = issued()
    client.force_login(StaffFactory())
    change = reverse("admin:prescriptions_prescription_change", args=[prescription.pk])

    assert client.post(change, {"status": "draft"}).status_code == 403
    assert client.get(reverse("admin:prescriptions_prescription_add")).status_code == 403
    assert client.post(reverse("admin:prescriptions_prescription_delete", args=[prescription.pk])).status_code == 403
