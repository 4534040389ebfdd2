"""Files in the chat: they become charts of the patient, once, and only if they are what we take."""

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.urls import reverse
from django.utils import timezone

from appointments.models import Appointment
from appointments.tests.factories import AppointmentFactory
from chat.models import Message
from clinic.audit.models import AuditEntry
from clinic.people.models import Chart

pytestmark = pytest.mark.django_db
PNG = b"\x89PNG\r\n\x1a\n" + b"\0" * 64


@pytest.fixture
def appointment():
    return AppointmentFactory(status=Appointment.Status.CONFIRMED)


def png(name="rash.png", content=PNG):
    return SimpleUploadedFile(name, content)


def send(client, appointment, user, **facts):
    client.force_login(user)
    return client.post(reverse("api:messages", args=[appointment.reference]), facts)


def test_a_file_becomes_a_chart_of_the_patient(client, appointment):
    answer = send(client, appointment, appointment.patient.user, body="Look", file=png()).json()

    chart = Chart.objects.get()
    assert (chart.patient, chart.read(), chart.title) == (appointment.patient, PNG, "rash")
    assert answer["file_id"] == chart.uid
    assert AuditEntry.objects.filter(subject_id=chart.uid, action="created").exists()


def test_a_file_needs_no_words(client, appointment):
    send(client, appointment, appointment.patient.user, file=png())

    assert Message.objects.get().body == ""


def test_a_file_that_is_sent_twice_is_kept_once(client, appointment):
    for _again in range(2):
        send(client, appointment, appointment.patient.user, client_id="one", body="Look", file=png())

    assert Message.objects.count() == Chart.objects.count() == 1
    assert AuditEntry.objects.filter(action="created").count() == 1


def test_another_file_under_the_same_name_is_refused(client, appointment):
    for content in (PNG, PNG + b"other"):
        response = send(client, appointment, appointment.patient.user, client_id="one", file=png(content=content))

    assert (response.status_code, response.json()["code"]) == (409, "client_id_reused")
    assert Message.objects.get().chart.read() == PNG


@pytest.mark.parametrize(
    ("content", "words"), [(b"<svg/>", "no PDF, JPEG or PNG"), (b"", "empty"), (b"MZ\0\0" * 9, "no PDF, JPEG or PNG")]
)
def test_what_we_do_not_take_is_refused_and_nothing_is_posted(client, appointment, content, words):
    response = send(client, appointment, appointment.patient.user, body="Look", file=png("rash.png", content))

    assert response.status_code == 400
    assert words in str(response.json()["file"])
    assert not Message.objects.exists()


def test_without_javascript_the_page_takes_a_file(client, appointment):
    client.force_login(appointment.doctor.user)
    address = reverse("chat:panel", args=[appointment.reference])

    client.post(address, {"body": "", "client_id": "one", "file": png()})

    assert "rash.png" in client.get(address).content.decode()


def test_neither_words_nor_file_are_no_message(client, appointment):
    client.force_login(appointment.doctor.user)

    response = client.post(reverse("chat:panel", args=[appointment.reference]), {"body": " ", "client_id": "one"})

    assert "Write your message first." in response.content.decode()


def test_a_closed_chat_keeps_no_file(client):
    appointment = AppointmentFactory(status=Appointment.Status.CANCELLED)

    response = send(client, appointment, appointment.patient.user, file=png())

    assert response.status_code == 409
    assert not Chart.objects.exists()


def test_a_deleted_file_leaves_its_place(client, appointment):
    send(client, appointment, appointment.patient.user, file=png())
    chart = Chart.objects.get()
    chart.delete_for("Wrong file", by=appointment.patient.user, at=timezone.now())

    page = client.get(reverse("chat:panel", args=[appointment.reference])).content.decode()

    assert "The file was deleted." in page
    assert "rash" not in page
