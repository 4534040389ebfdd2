"""Who may open which page, what the pages show, and what they cost."""

from datetime import timedelta

import pytest
import time_machine
from django.urls import reverse
from django.utils import timezone

from clinic.audit.models import AuditEntry
from clinic.people.tests.factories import DoctorFactory, PatientFactory, RepresentationFactory, StaffFactory
from prescriptions.models import Prescription

from .factories import MEDICINE, PrescriptionFactory, issued, revoked

pytestmark = pytest.mark.django_db

PAGES = ["detail", "pdf", "edit", "issue", "revoke", "replace"]


def person(role, prescription):
    """A user in the given relation to the prescription, or None."""
    return {
        "anonymous": lambda: None,
        "patient": lambda: prescription.patient.user,
        "parent": lambda: RepresentationFactory(patient=prescription.patient).user,
        "doctor": lambda: prescription.doctor.user,
        "other patient": lambda: PatientFactory().user,
        "other doctor": lambda: DoctorFactory().user,
        "staff": StaffFactory,
    }[role]()


def sign_in(client, user):
    if user:
        client.force_login(user)


@pytest.mark.parametrize(
    ("role", "draft", "given"),
    [
        #                detail, pdf, edit, issue, revoke, replace
        ("anonymous", [302, 302, 302, 302, 302, 302], [302, 302, 302, 302, 302, 302]),
        ("patient", [404, 404, 404, 404, 404, 404], [200, 200, 403, 403, 403, 403]),
        ("parent", [404, 404, 404, 404, 404, 404], [200, 200, 403, 403, 403, 403]),
        ("doctor", [302, 404, 200, 200, 200, 200], [200, 200, 302, 302, 200, 200]),
        ("other patient", [404, 404, 404, 404, 404, 404], [404, 404, 404, 404, 404, 404]),
        ("other doctor", [404, 404, 404, 404, 404, 404], [404, 404, 404, 404, 404, 404]),
        ("staff", [404, 404, 404, 404, 404, 404], [404, 404, 404, 404, 404, 404]),
    ],
)
def test_who_may_open_which_page(client, role, draft, given):
    begun, done = PrescriptionFactory(), issued()

    for prescription, expected in ((begun, draft), (done, given)):
        sign_in(client, person(role, prescription))
        found = [client.get(reverse(f"prescriptions:{page}", args=[prescription.reference])) for page in PAGES]
        assert [response.status_code for response in found] == expected


@pytest.mark.parametrize(
    ("role", "status"),
    [
        ("anonymous", 302),
        ("patient", 403),
        ("doctor", 200),
        ("other patient", 404),
        ("other doctor", 404),
        ("staff", 403),
    ],
)
def test_who_may_begin_a_prescription(client, role, status):
    old = revoked()
    sign_in(client, person(role, old))
    address = reverse("prescriptions:write", args=[old.appointment.reference])

    assert client.get(address).status_code == status
    assert client.post(address).status_code == status


@pytest.mark.parametrize("page", ["detail", "edit"])
def test_a_suspended_doctor_reads_and_writes_nothing(client, page):
    prescription = PrescriptionFactory(appointment__doctor__suspended_at=timezone.now())
    client.force_login(prescription.doctor.user)

    response = client.get(reverse(f"prescriptions:{page}", args=[prescription.reference]))

    assert response.status_code == 404


def test_the_patient_reads_what_was_prescribed(client):
    prescription = issued(diagnosis="Bronchitis", advice="Rest\nand drink", follow_up_on=timezone.localdate())
    client.force_login(prescription.patient.user)

    page = client.get(prescription.get_absolute_url()).content.decode()

    for text in [
        "Amoxicillin",
        "500 mg, capsule",
        "3 times a day",
        "Bronchitis",
        "and drink",
        prescription.spelled_code,
    ]:
        assert text in page


def test_a_revoked_prescription_says_so_and_why(client):
    prescription = revoked()
    client.force_login(prescription.patient.user)

    page = client.get(prescription.get_absolute_url()).content.decode()

    assert "Do not use it" in page
    assert "The dose was wrong." in page


def test_typed_markup_is_shown_as_text(client):
    prescription = issued(advice="<script>alert(1)</script>")
    client.force_login(prescription.patient.user)

    assert b"<script>alert" not in client.get(prescription.get_absolute_url()).content


def test_the_download_is_private_and_named_without_clinical_words(client):
    prescription = issued()
    client.force_login(prescription.patient.user)

    response = client.get(reverse("prescriptions:pdf", args=[prescription.reference]))

    assert response["Content-Type"] == "application/pdf"
    assert response["Content-Disposition"] == f'attachment; filename="prescription-{prescription.reference}.pdf"'
    assert response["Cache-Control"] == "private, no-store"
    assert response.content == prescription.pdf


@pytest.mark.parametrize(("page", "action"), [("detail", "read"), ("pdf", "downloaded")])
@pytest.mark.parametrize("role", ["patient", "parent", "doctor"])
def test_every_look_is_on_record(client, page, action, role):
    prescription = issued()
    user = person(role, prescription)
    client.force_login(user)

    client.get(reverse(f"prescriptions:{page}", args=[prescription.reference]))

    entry = AuditEntry.objects.get()
    assert (entry.actor, entry.patient, entry.action) == (user, prescription.patient, action)
    assert entry.for_whom == (prescription.patient if role == "parent" else None)
    assert (entry.subject_type, entry.subject_id) == ("prescriptions.Prescription", prescription.reference)


@pytest.mark.parametrize("page", ["detail", "edit", "issue"])
def test_pages_cost_the_same_however_many_medicines(client, django_assert_max_num_queries, page):
    rows = [MEDICINE] * 20
    prescription = issued(medicines=rows) if page == "detail" else PrescriptionFactory(medicines=rows)
    client.force_login(prescription.doctor.user)
    client.get(reverse("find"))  # what every page keeps in the cache

    with django_assert_max_num_queries(13):
        client.get(reverse(f"prescriptions:{page}", args=[prescription.reference]))


def test_a_list_of_prescriptions_is_read_at_once(django_assert_num_queries):
    patient = PatientFactory()
    for _number in range(3):
        issued(appointment__patient=patient)

    with django_assert_num_queries(1):
        for prescription in Prescription.objects.visible_to(patient.user).given().with_parties():
            assert prescription.doctor.name


def test_revoking_asks_for_a_reason(client):
    prescription = issued()
    client.force_login(prescription.doctor.user)

    response = client.post(reverse("prescriptions:revoke", args=[prescription.reference]), {"revoke_reason": " "})

    assert "Enter why you revoke it" in response.content.decode()
    assert Prescription.objects.get().status == Prescription.Status.ISSUED


def test_revoking_twice_is_refused_in_words(client):
    prescription = revoked()
    client.force_login(prescription.doctor.user)

    response = client.post(reverse("prescriptions:revoke", args=[prescription.reference]), {"revoke_reason": "Again"})

    assert "has been revoked meanwhile" in response.content.decode()


@pytest.mark.parametrize("action", ["revoke", "replace"])
def test_pressing_twice_is_pressing_once(client, action):
    prescription = issued()
    client.force_login(prescription.doctor.user)
    address = reverse(f"prescriptions:{action}", args=[prescription.reference])

    first, second = [client.post(address, {"revoke_reason": "Dose"})["Location"] for _press in range(2)]

    assert first == second
    assert prescription.events.filter(kind="revoked").count() == 1


def test_who_revoked_cannot_replace_any_more(client):
    prescription = revoked()
    client.force_login(prescription.doctor.user)
    address = reverse("prescriptions:replace", args=[prescription.reference])

    response = client.post(address, {"revoke_reason": prescription.revoke_reason})

    assert "has been revoked meanwhile" in response.content.decode()
    assert not Prescription.objects.drafts().exists()


def test_replacing_opens_the_new_draft(client):
    prescription = issued()
    client.force_login(prescription.doctor.user)

    response = client.post(reverse("prescriptions:replace", args=[prescription.reference]), {"revoke_reason": "Dose"})

    draft = Prescription.objects.drafts().get()
    assert response["Location"] == reverse("prescriptions:edit", args=[draft.reference])
    assert draft.replaces == prescription


def test_an_expired_prescription_says_so(client):
    prescription = issued(valid_until=timezone.localdate())
    client.force_login(prescription.patient.user)

    with time_machine.travel(timezone.now() + timedelta(days=2)):
        client.force_login(prescription.patient.user)
        page = client.get(prescription.get_absolute_url()).content.decode()

    assert "It was valid until" in page
