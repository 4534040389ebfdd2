"""Files of a record: what is taken, how it is kept, how it comes out again."""

from hashlib import sha256
from pathlib import Path

import pytest
from django.conf import settings
from django.core.files.uploadedfile import SimpleUploadedFile
from django.urls import reverse
from django.utils import timezone

from clinic.audit.models import AuditEntry
from clinic.crypto import CannotDecrypt
from clinic.people.models import Chart
from clinic.people.models.charts import plain_name
from clinic.people.tests.factories import PatientFactory
from clinic.people.uploads import LIMIT_BYTES, LimitedUploadHandler
from clinic.record.tests.people import JPEG, PDF, PNG, doctor_of

pytestmark = pytest.mark.django_db


@pytest.fixture
def patient(client):
    patient = PatientFactory()
    client.force_login(patient.user)
    return patient


def upload(client, patient, content, name="scan.pdf", **more):
    file = SimpleUploadedFile(name, content, content_type="application/pdf")
    return client.post(reverse("record:add-chart", args=[patient.uid]), {"file": file, **more})


def kept(patient, content=PNG, **facts) -> Chart:
    facts = {"title": "Letter", "content_type": "image/png", "at": timezone.now(), **facts}
    return Chart.objects.keep(content, patient=patient, by=patient.user, **facts)


def on_disk(chart) -> bytes:
    return (settings.CLINIC_DATA / "files" / chart.file.name).read_bytes()


@pytest.mark.parametrize(
    ("content", "content_type", "suffix"),
    [(PDF, "application/pdf", ".pdf"), (PNG, "image/png", ".png"), (JPEG, "image/jpeg", ".jpg")],
)
def test_a_file_is_what_its_content_says(client, patient, content, content_type, suffix):
    upload(client, patient, content, "scan.exe")

    chart = Chart.objects.get()
    assert (chart.content_type, chart.size, chart.title) == (content_type, len(content), "scan")
    assert chart.sha256 == sha256(content).hexdigest()
    assert chart.file_name == f"scan{suffix}"


@pytest.mark.parametrize(
    ("content", "name", "words"),
    [
        (b"MZ\x90\x00 this program cannot be run", "report.pdf", "no PDF, JPEG or PNG"),
        (b"<svg xmlns='http://www.w3.org/2000/svg'><script/></svg>", "heart.png", "no PDF, JPEG or PNG"),
        (b"<html>%PDF-1.7", "page.pdf", "no PDF, JPEG or PNG"),
        (b"", "empty.pdf", "This file is empty"),
        (PDF + b"\0" * LIMIT_BYTES, "huge.pdf", "larger than 20 MB"),
    ],
)
def test_what_we_do_not_take_is_refused_in_words(client, patient, content, name, words):
    response = upload(client, patient, content, name)

    assert words in str(response.context["form"].errors["file"])
    assert not Chart.objects.exists()


def test_a_form_without_a_file_is_refused(client, patient):
    response = client.post(reverse("record:add-chart", args=[patient.uid]), {"title": "Letter"})

    assert response.context["form"].errors == {"file": ["Choose a file"]}


def test_a_file_far_too_large_does_not_fill_the_disk(monkeypatch):
    monkeypatch.setattr("clinic.people.uploads.LIMIT_BYTES", 100)
    handler = LimitedUploadHandler()
    handler.new_file("file", "huge.pdf", "application/pdf", 1000)

    for start in range(0, 1000, 50):
        handler.receive_data_chunk(b"x" * 50, start)

    with handler.file_complete(1000) as upload:
        assert Path(upload.temporary_file_path()).stat().st_size == 100
        assert upload.size == 1000


@pytest.mark.parametrize(
    ("name", "plain"),
    [
        ("../../etc/passwd", "etc-passwd"),
        ("C:\\letters\\march", "C-letters-march"),
        ('a"b\r\nX-Evil: 1', "a-bX-Evil- 1"),
        ("\u202egnp.exe", "gnp.exe"),
        ("анализ крови", "анализ крови"),
        ("...", "file"),
        ("", "file"),
        ("a" * 500, "a" * 120),
    ],
)
def test_names_are_made_harmless(name, plain):
    assert plain_name(name) == plain


def test_the_title_is_what_somebody_typed(client, patient):
    upload(client, patient, PDF, title="Blood test 3.11")

    assert Chart.objects.get().file_name == "Blood test 3.11.pdf"


def test_nothing_readable_lies_on_the_disk(patient):
    content = PDF + b"the patient's secret"

    chart = kept(patient, content, title="secret-title")

    assert b"secret" not in on_disk(chart)
    assert "secret" not in chart.file.name
    assert chart.read() == content


def test_a_file_put_in_anothers_place_does_not_open(patient):
    chart, other = kept(patient), kept(PatientFactory())
    (settings.CLINIC_DATA / "files" / chart.file.name).write_bytes(on_disk(other))

    with pytest.raises(CannotDecrypt):
        chart.read()


def test_a_download_is_the_file_and_goes_on_record(client, patient):
    chart = kept(patient, PDF, content_type="application/pdf", title='Brief "März"')
    doctor = doctor_of(patient)
    client.force_login(doctor)

    response = client.get(reverse("record:chart", args=[chart.uid]))

    assert response.content == PDF
    assert response["Content-Disposition"].startswith("attachment; filename")
    assert response["Content-Type"] == "application/pdf"
    assert response["X-Content-Type-Options"] == "nosniff"
    assert response["Cache-Control"] == "private, no-store"
    line = AuditEntry.objects.get(action="downloaded")
    assert (line.actor, line.patient, line.subject_id) == (doctor, patient, chart.uid)


@pytest.mark.parametrize("uid", ["NOSUCHCHART00000", "..", "1"])
def test_a_file_that_does_not_exist(client, patient, uid):
    assert client.get(f"/record/charts/{uid}/").status_code == 404
