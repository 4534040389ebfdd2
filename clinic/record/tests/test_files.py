"""Files of a record once they are in: looked at, brought to a visit, deleted with a reason."""

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.urls import reverse
from django.utils import timezone

from clinic.audit.models import AuditEntry
from clinic.people.models import Chart
from clinic.people.tests.factories import PatientFactory, RepresentationFactory
from clinic.people.uploads import LIMIT_BYTES
from clinic.record.tests.people import PDF, PNG, doctor_of
from televisit.models import VisitChart
from televisit.tests.factories import a_seat_of_the_patient, a_visit

pytestmark = pytest.mark.django_db
IN_THE_ROOM = {"HX-Request": "true"}
MOST_QUERIES = 18
REFUSED = [
    (b"MZ\x90\x00 this program cannot be run", "report.pdf"),
    (b"<svg xmlns='http://www.w3.org/2000/svg'><script>alert(1)</script></svg>", "heart.png"),
    (b"", "empty.pdf"),
    (PDF + b"\0" * LIMIT_BYTES, "huge.pdf"),
]


@pytest.fixture
def patient(client):
    patient = PatientFactory()
    client.force_login(patient.user)
    return patient


def kept(patient, content=PNG, content_type="image/png", title="Letter"):
    return Chart.objects.keep(
        content, patient=patient, by=patient.user, title=title, content_type=content_type, at=timezone.now()
    )


def address(name, chart):
    return reverse(f"record:{name}", args=[chart.uid])


def delete(client, chart, reason="It is somebody else’s"):
    return client.post(address("delete-chart", chart), {"reason": reason})


def bring(client, visit, content=PNG, name="rash.png", **options):
    file = SimpleUploadedFile(name, content, content_type="image/png")
    return client.post(reverse("record:visit-files", args=[visit.code]), {"file": file}, **options)


def test_picture_is_shown_on_its_page(client, patient):
    chart = kept(patient)

    page = client.get(address("chart-page", chart)).content.decode()

    assert f'src="{address("chart-inline", chart)}"' in page
    assert "<img" in page


def test_pdf_is_shown_in_a_frame_which_only_our_pages_may_draw(client, patient):
    chart = kept(patient, PDF, "application/pdf")

    page = client.get(address("chart-page", chart))
    paper = client.get(address("chart-inline", chart))

    assert "<iframe" in page.content.decode()
    assert "frame-src 'self'" in page["Content-Security-Policy"]
    assert "frame-ancestors 'self'" in paper["Content-Security-Policy"]
    assert "default-src 'none'" in paper["Content-Security-Policy"]
    assert paper["X-Frame-Options"] == "SAMEORIGIN"


def test_what_is_shown_is_the_file_as_what_it_is_and_goes_on_record(client, patient):
    chart = kept(patient)

    response = client.get(address("chart-inline", chart))

    assert response.content == PNG
    assert response["Content-Type"] == "image/png"
    assert response["X-Content-Type-Options"] == "nosniff"
    assert response["Content-Disposition"].startswith("inline")
    assert response["Cache-Control"] == "private, no-store"
    line = AuditEntry.objects.get()
    assert (line.action, line.actor, line.subject_id) == ("read", patient.user, chart.uid)


def test_deleted_file_is_shown_to_nobody_and_stays_sealed(client, patient):
    chart = kept(patient)

    delete(client, chart)

    for name in ("chart", "chart-page", "chart-inline", "delete-chart"):
        assert client.get(address(name, chart)).status_code == 404
    assert chart.title not in client.get(reverse("record:own")).content.decode()
    chart.refresh_from_db()
    assert (chart.deleted_by, chart.delete_reason) == (patient.user, "It is somebody else’s")
    assert chart.read() == PNG


def test_deleting_asks_for_a_reason(client, patient):
    chart = kept(patient)

    response = delete(client, chart, reason=" ")

    assert response.context["form"].errors == {"reason": ["Enter why the file is deleted"]}
    assert Chart.objects.current().exists()


def test_doctor_may_delete_what_the_patient_put_in(client, patient):
    chart = kept(patient)
    client.force_login(doctor_of(patient))

    delete(client, chart)

    assert not Chart.objects.current().exists()
    assert AuditEntry.objects.filter(subject_id=chart.uid, action="changed").exists()


def test_representative_may_not_delete_what_somebody_else_put_in(client, patient):
    chart = kept(patient)
    client.force_login(RepresentationFactory(patient=patient).user)

    assert delete(client, chart).status_code == 403
    assert Chart.objects.current().exists()


def test_picture_from_the_waiting_room_is_in_the_record_and_with_the_visit(client):
    visit = a_visit()
    a_seat_of_the_patient(visit)
    client.force_login(visit.appointment.patient.user)

    page = bring(client, visit, headers=IN_THE_ROOM).content.decode()

    chart = visit.appointment.patient.charts.get()
    assert VisitChart.objects.get().chart == chart
    assert "rash" in page
    assert "is in the record" in page


def test_doctor_sees_what_was_brought_to_the_visit(client):
    visit = a_visit()
    client.force_login(visit.appointment.patient.user)
    bring(client, visit)
    client.force_login(visit.host.user)

    panel = client.get(reverse("record:visit-files", args=[visit.code]), headers=IN_THE_ROOM).content.decode()
    again = client.get(reverse("record:visit-file-list", args=[visit.code])).content.decode()

    assert "rash" in panel
    assert "rash" in again
    assert AuditEntry.objects.filter(actor=visit.host.user).count() == 1  # the list that is fetched anew is no new look


@pytest.mark.parametrize(("content", "name"), REFUSED)
def test_what_we_do_not_take_is_refused_in_the_room_and_changes_nothing(client, content, name):
    visit = a_visit()
    client.force_login(visit.appointment.patient.user)

    response = bring(client, visit, content, name, headers=IN_THE_ROOM)

    assert "There is a problem" in response.content.decode()
    assert "file" in response.context["form"].errors
    assert not Chart.objects.exists()
    assert not AuditEntry.objects.exists()


@pytest.mark.parametrize(("content", "name"), REFUSED)
def test_what_we_do_not_take_is_refused_to_programs(client, content, name):
    visit = a_visit()
    client.force_login(visit.host.user)
    file = SimpleUploadedFile(name, content, content_type="application/pdf")

    response = client.post(f"/api/v1/televisits/{visit.uid}/charts/", {"file": file})

    assert response.status_code == 400
    assert response.json().keys() == {"file"}
    assert not Chart.objects.exists()


def test_program_brings_a_file_to_a_visit_and_lists_only_those_of_it(client):
    visit = a_visit()
    kept(visit.appointment.patient, title="Something older")
    client.force_login(visit.host.user)
    listing = f"/api/v1/televisits/{visit.uid}/charts/"

    made = client.post(listing, {"file": SimpleUploadedFile("scan.pdf", PDF)})

    assert made.status_code == 201
    assert [row["id"] for row in client.get(listing).json()["results"]] == [made.json()["id"]]


def test_program_deletes_a_file_with_a_reason(client, patient):
    chart = kept(patient)
    call = f"/api/v1/charts/{chart.uid}/"

    assert client.delete(call, {}, content_type="application/json").status_code == 400
    assert client.delete(call, {"reason": "Mistake"}, content_type="application/json").status_code == 204
    assert client.get(call).status_code == 404


def test_many_files_cost_no_more_queries(client, django_assert_max_num_queries):
    visit = a_visit()
    client.force_login(visit.appointment.patient.user)
    for number in range(6):
        bring(client, visit, name=f"{number}.png")

    with django_assert_max_num_queries(MOST_QUERIES):
        client.get(reverse("record:visit-files", args=[visit.code]))


def test_a_file_that_was_refused_is_not_on_record_as_downloaded(client, patient):
    chart = kept(patient)
    Chart.objects.update(scan=Chart.Scan.VIRUS)

    response = client.get(reverse("api:chart", args=[chart.uid]))

    assert response.status_code == 409
    assert not AuditEntry.objects.filter(action="downloaded").exists()
