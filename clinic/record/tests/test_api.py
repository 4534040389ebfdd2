"""The record for programs: what the calls answer, and what they refuse."""

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.urls import reverse
from django.utils import timezone

from clinic.audit.models import AuditEntry
from clinic.people.models import Allergy, Chart
from clinic.people.tests.factories import PatientFactory
from clinic.record.tests.people import PDF, doctor_of, seen_by
from televisit.tests.factories import a_visit

pytestmark = pytest.mark.django_db


@pytest.fixture
def patient():
    return PatientFactory()


@pytest.fixture
def doctor(client, patient):
    user = doctor_of(patient)
    client.force_login(user)
    return user.doctor


def send(client, patient, content=PDF, key="", **more):
    file = SimpleUploadedFile("scan.pdf", content)
    address = reverse("api:patient-charts", args=[patient.uid])
    return client.post(address, {"file": file, **more}, headers={"idempotency-key": key} if key else {})


def test_the_summary(client, patient, doctor):
    Allergy.objects.enter(patient, by=patient.user, at=timezone.now(), name="penicillin", detail="rash")

    answer = client.get(reverse("api:patient-summary", args=[patient.uid])).json()

    assert (answer["id"], answer["name"], answer["birth_date"]) == (patient.uid, patient.name, "1980-05-17")
    assert [(row["name"], row["source"], row["confirmed_by"]) for row in answer["allergies"]] == [
        ("penicillin", "patient", None)
    ]
    assert [visit["status"] for visit in answer["visits"]] == ["completed"]
    assert AuditEntry.objects.get(action="read").actor == doctor.user


@pytest.mark.parametrize("number", [1, 10])
def test_the_summary_takes_few_queries_however_long(client, patient, doctor, django_assert_max_num_queries, number):
    for row in range(number):
        Allergy.objects.enter(patient, by=doctor.user, at=timezone.now(), doctor=doctor, name=f"x{row}")
        seen_by(doctor, patient, days_ago=row + 1)

    address = reverse("api:patient-summary", args=[patient.uid])
    client.get(address)

    with django_assert_max_num_queries(12):
        client.get(address)


def test_a_file_is_added_listed_and_downloaded(client, patient, doctor):
    made = send(client, patient, title="Blood test").json()
    listed = client.get(reverse("api:patient-charts", args=[patient.uid])).json()
    content = client.get(reverse("api:chart", args=[made["id"]]))

    assert made == {**made, "title": "Blood test", "content_type": "application/pdf", "size": len(PDF)}
    assert listed["results"] == [made]
    assert content.content == PDF
    assert Chart.objects.get().uploaded_by == doctor.user


def test_a_request_sent_twice_makes_one_file(client, patient, doctor):
    first, second = (send(client, patient, key="7").json() for _time in range(2))

    assert first == second
    assert Chart.objects.count() == 1


def test_a_key_used_for_another_file_is_refused(client, patient, doctor):
    send(client, patient, key="7")

    answer = send(client, patient, PDF + b"x", key="7")

    assert (answer.status_code, answer.json()["code"]) == (409, "key_used_for_something_else")
    assert Chart.objects.count() == 1


@pytest.mark.parametrize(
    ("body", "field"),
    [
        ({}, "file"),
        ({"file": "no file"}, "file"),
        ({"file": SimpleUploadedFile("a.pdf", b"MZ")}, "file"),
        ({"file": SimpleUploadedFile("a.pdf", b"")}, "file"),
        ({"file": SimpleUploadedFile("a.pdf", PDF), "title": "a" * 121}, "title"),
    ],
)
def test_a_malformed_file_is_a_400_at_its_field(client, patient, doctor, body, field):
    answer = client.post(reverse("api:patient-charts", args=[patient.uid]), body)

    assert answer.status_code == 400
    assert list(answer.json()) == [field]
    assert not Chart.objects.exists()


def test_json_is_no_file(client, patient, doctor):
    answer = client.post(reverse("api:patient-charts", args=[patient.uid]), {}, content_type="application/json")

    assert answer.status_code == 415


def test_nobody_sets_what_the_portal_finds_out(client, patient, doctor):
    other = PatientFactory()
    body = {"file": SimpleUploadedFile("a.pdf", PDF), "content_type": "text/html", "sha256": "0", "patient": other.pk}

    answer = client.post(reverse("api:patient-charts", args=[patient.uid]), body | {"uploaded_by": 1, "size": 1})

    chart = Chart.objects.get()
    assert answer.json()["content_type"] == "application/pdf"
    assert (chart.patient, chart.uploaded_by) == (patient, doctor.user)


def test_a_key_of_a_file_for_the_record_is_good_for_no_file_of_a_visit(client):
    visit = a_visit()
    client.force_login(visit.appointment.patient.user)
    send(client, visit.appointment.patient, key="one")

    file = {"file": SimpleUploadedFile("scan.pdf", PDF)}
    address = reverse("api:visit-charts", args=[visit.uid])
    answer = client.post(address, file, headers={"idempotency-key": "one"})

    assert (answer.status_code, answer.json()["code"]) == (409, "key_used_for_something_else")
