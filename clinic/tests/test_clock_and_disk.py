"""A clock that jumps loses nothing; a disk that is full is said, and leaves nothing half done."""

import errno
from datetime import timedelta

import pytest
import time_machine
from django.core.files.storage import FileSystemStorage
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from appointments.models import Appointment
from appointments.tasks import expire_request
from appointments.tests.factories import AppointmentFactory, booked
from clinic.people.models import Chart
from clinic.people.tests.factories import PatientFactory

pytestmark = pytest.mark.django_db


def upload(client, patient):
    file = SimpleUploadedFile("letter.pdf", b"%PDF-1.7\n%%EOF", "application/pdf")
    return client.post(reverse("record:add-chart", args=[patient.uid]), {"file": file, "title": "A letter"})


@pytest.mark.django_db(transaction=True)
@pytest.mark.parametrize("trouble", [errno.ENOSPC, errno.EDQUOT], ids=["disk", "quota"])
def test_a_full_disk_is_said_and_leaves_no_row(monkeypatch, trouble):
    def no_room(*_arguments):
        raise OSError(trouble, "No room")

    patient, client = PatientFactory(), Client(raise_request_exception=False)
    client.force_login(patient.user)
    with monkeypatch.context() as full:
        full.setattr(FileSystemStorage, "_save", no_room)
        refused = upload(client, patient)
        left = Chart.objects.count()

    assert (refused.status_code, refused["Retry-After"], left) == (503, "60", 0)
    assert "The portal cannot answer right now" in refused.content.decode()
    assert upload(client, patient).status_code == 302
    assert Chart.objects.count() == 1


def test_a_clock_that_jumps_back_and_forth_takes_nothing_from_a_confirmed_visit(client):
    appointment, now = booked(), timezone.now()
    for jump in (timedelta(hours=-2), timedelta(minutes=30), timedelta(0)):
        with time_machine.travel(now + jump):
            client.force_login(appointment.patient.user)
            expire_request(appointment.pk)
            page = client.get(reverse("appointments:detail", args=[appointment.reference]))

        appointment.refresh_from_db()
        assert (page.status_code, appointment.status) == (200, Appointment.Status.CONFIRMED)


def test_a_clock_that_jumps_back_signs_nobody_out(client):
    now = timezone.now()
    client.force_login(PatientFactory().user)

    with time_machine.travel(now - timedelta(hours=3)):
        page = client.get(reverse("appointments:list"))

    assert page.status_code == 200


def test_what_a_jump_has_expired_stays_expired():
    request = AppointmentFactory(status=Appointment.Status.REQUESTED, respond_by=timezone.now() + timedelta(hours=1))
    with time_machine.travel(timezone.now() + timedelta(hours=2)):
        ended = expire_request(request.pk)
    again = expire_request(request.pk)

    request.refresh_from_db()

    assert (ended, again, request.status) == (True, False, Appointment.Status.EXPIRED)
