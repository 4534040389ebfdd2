"""The API: who may call what, and what bad bodies are told."""

from datetime import timedelta

import pytest
from django.urls import reverse
from django.utils import timezone

from appointments.tests.factories import AppointmentFactory
from clinic.people.models import Allergy
from prescriptions.models import Prescription
from prescriptions.models.medicine import MEDICINE_LIMIT

from .factories import MEDICINE, PrescriptionFactory, issued, revoked
from .test_pages import person, sign_in

pytestmark = pytest.mark.django_db

ROW = {**MEDICINE, "dose": "1", "quantity": "21"}
BODY = {"diagnosis": "Bronchitis", "medicines": [ROW], "advice": "Rest"}


def with_version(body, prescription):
    """`body`, naming the version that is stored."""
    return {**body, "version": Prescription.objects.get(pk=prescription.pk).version}


def address(appointment, action=""):
    name = f"api:prescription-{action}" if action else "api:prescription"
    return reverse(name, args=[appointment.reference])


@pytest.fixture
def call(client):
    """Calls as a user: ``call(user, "put", address, body)``."""

    def send(user, method, where, body=None):
        sign_in(client, user)
        return getattr(client, method)(where, body, content_type="application/json")

    return send


CALLS = [
    ("get", "", None),
    ("put", "", BODY),
    ("post", "issue", {"reviewed": True}),
    ("post", "revoke", {"revoke_reason": "Dose"}),
]


@pytest.mark.parametrize(
    ("role", "draft", "given"),
    [
        #              get, put, issue, revoke
        ("anonymous", [401, 401, 401, 401], [401, 401, 401, 401]),
        ("patient", [404, 403, 404, 404], [200, 403, 403, 403]),
        ("parent", [404, 403, 404, 404], [200, 403, 403, 403]),
        ("other patient", [404, 404, 404, 404], [404, 404, 404, 404]),
        ("other doctor", [404, 404, 404, 404], [404, 404, 404, 404]),
        ("staff", [404, 403, 404, 404], [404, 403, 404, 404]),
        ("doctor", [200, 200, 200, 200], [200, 409, 409, 200]),
    ],
)
def test_who_may_call_what(call, role, draft, given):
    begun, done = PrescriptionFactory(), issued()

    for prescription, expected in ((begun, draft), (done, given)):
        user = person(role, prescription)
        found = [
            call(
                user, method, address(prescription.appointment, action), body and with_version(body, prescription)
            ).status_code
            for method, action, body in CALLS
        ]
        assert found == expected


def test_a_put_begins_the_draft_and_a_get_reads_it(call):
    appointment = AppointmentFactory()

    written = call(appointment.doctor.user, "put", address(appointment), BODY).json()

    assert written["status"] == "draft"
    assert written["medicines"][0]["name"] == "Amoxicillin"
    assert written["verify_url"] is None
    assert call(appointment.doctor.user, "get", address(appointment)).json() == written


def test_before_there_is_a_prescription_there_is_none_to_read(call):
    appointment = AppointmentFactory()

    assert call(appointment.doctor.user, "get", address(appointment)).status_code == 404


def test_a_requested_appointment_gets_none(call):
    appointment = AppointmentFactory(status="requested")

    response = call(appointment.doctor.user, "put", address(appointment), BODY)

    assert (response.status_code, response.json()["code"]) == (409, "appointment_not_confirmed")


@pytest.mark.parametrize(
    ("change", "field"),
    [
        ({"medicines": []}, "medicines"),
        ({"medicines": [ROW] * (MEDICINE_LIMIT + 1)}, "medicines"),
        ({"medicines": [{**ROW, "dose": "two"}]}, "medicines"),
        ({"medicines": [{**ROW, "dose": 0}]}, "medicines"),
        ({"medicines": [{**ROW, "quantity": -1}]}, "medicines"),
        ({"medicines": [{**ROW, "name": "a\u202eb"}]}, "medicines"),
        ({"medicines": "none"}, "medicines"),
        ({"diagnosis": ""}, "diagnosis"),
        ({"follow_up_on": (timezone.localdate() - timedelta(days=2)).isoformat()}, "follow_up_on"),
        ({"valid_until": "soon"}, "valid_until"),
        ({"version": "x"}, "version"),
    ],
)
def test_a_malformed_body_is_refused_by_field(call, change, field):
    draft = PrescriptionFactory(medicines=[])

    response = call(draft.doctor.user, "put", address(draft.appointment), {**BODY, **change})

    assert response.status_code == 400
    assert list(response.json()) == [field]
    assert draft.medicines.count() == 0


def test_a_body_that_is_no_json_is_refused(client):
    draft = PrescriptionFactory()
    client.force_login(draft.doctor.user)

    response = client.put(address(draft.appointment), "{", content_type="application/json")

    assert response.status_code == 400


@pytest.mark.parametrize(
    ("method", "action", "body"), [("put", "", {**BODY, "version": 99}), ("post", "issue", {"version": 99})]
)
def test_a_stale_version_is_refused(call, method, action, body):
    draft = PrescriptionFactory()

    response = call(draft.doctor.user, method, address(draft.appointment, action), body)

    assert (response.status_code, response.json()["code"]) == (409, "edited_elsewhere")


def test_a_refused_beginning_leaves_no_draft(call):
    appointment = AppointmentFactory()

    response = call(appointment.doctor.user, "put", address(appointment), {**BODY, "version": 99})

    assert response.status_code == 409
    assert not Prescription.objects.exists()


def test_what_is_issued_can_be_read_checked_and_downloaded(call):
    prescription = issued()

    read = call(prescription.patient.user, "get", address(prescription.appointment)).json()
    document = call(prescription.patient.user, "get", address(prescription.appointment, "pdf"))

    assert read["verify_url"] == prescription.verify_url
    assert read["pdf_sha256"] == prescription.pdf_sha256
    assert document["Content-Type"] == "application/pdf"
    assert document.content == prescription.pdf


def test_a_draft_has_no_document(call):
    draft = PrescriptionFactory()

    assert call(draft.doctor.user, "get", address(draft.appointment, "pdf")).status_code == 404


def test_a_replacement_is_a_draft_that_names_the_old(call):
    old = issued()

    new = call(old.doctor.user, "post", address(old.appointment, "replace"), {"revoke_reason": "Dose"}).json()

    assert (new["status"], new["replaces"]) == ("draft", old.reference)
    assert Prescription.objects.get(pk=old.pk).status == Prescription.Status.REVOKED


@pytest.mark.parametrize("action", ["revoke", "replace"])
@pytest.mark.parametrize("body", [{}, {"revoke_reason": ""}, {"revoke_reason": "x" * 301}])
def test_the_end_needs_a_reason(call, action, body):
    prescription = issued()

    response = call(prescription.doctor.user, "post", address(prescription.appointment, action), body)

    assert response.status_code == 400
    assert list(response.json()) == ["revoke_reason"]


def test_the_patient_still_reads_a_revoked_one_with_its_reason(call):
    prescription = revoked()

    read = call(prescription.patient.user, "get", address(prescription.appointment)).json()

    assert (read["status"], read["revoke_reason"]) == ("revoked", "The dose was wrong.")


@pytest.mark.parametrize(
    ("version", "headers", "refusal"),
    [
        ({}, {}, (428, "if_match_missing")),
        ({}, {"if-match": '"7"'}, (412, "changed_meanwhile")),
        ({"version": 7}, {}, (409, "edited_elsewhere")),
    ],
)
def test_a_draft_that_was_not_read_is_not_overwritten(client, version, headers, refusal):
    draft = PrescriptionFactory()
    sign_in(client, draft.doctor.user)

    answer = client.put(
        address(draft.appointment), {**BODY, **version}, content_type="application/json", headers=headers
    )

    assert (answer.status_code, answer.json()["code"]) == refusal


def test_who_has_read_the_draft_writes_on(client):
    draft = PrescriptionFactory()
    sign_in(client, draft.doctor.user)
    tag = client.get(address(draft.appointment))["ETag"]

    answer = client.put(address(draft.appointment), BODY, content_type="application/json", headers={"if-match": tag})

    assert (answer.status_code, answer.json()["diagnosis"]) == (200, "Bronchitis")


def test_the_doctor_checks_the_draft_against_the_record(call):
    draft = PrescriptionFactory(medicines=[MEDICINE])
    facts = {"by": draft.patient.user, "at": timezone.now(), "name": MEDICINE["name"], "detail": "A rash"}
    Allergy.objects.enter(draft.patient, **facts)

    found = call(draft.doctor.user, "get", address(draft.appointment, "check")).json()

    assert found["matches"] == [{"medicine": MEDICINE["name"], "kind": "allergy", "name": MEDICINE["name"]}]
    assert found["allergies"] == [{"name": MEDICINE["name"], "detail": "A rash"}]
    assert found["version"] == draft.version


def test_nothing_is_issued_over_a_record_that_changed_since_the_check(call):
    draft = PrescriptionFactory()
    found = call(draft.doctor.user, "get", address(draft.appointment, "check")).json()
    Allergy.objects.enter(draft.patient, by=draft.patient.user, at=timezone.now(), name="Penicillin")

    facts = {"reviewed": True, "version": found["version"], "record_seen": found["record_seen"]}
    answer = call(draft.doctor.user, "post", address(draft.appointment, "issue"), facts)

    assert (answer.status_code, answer.json()["code"]) == (409, "record_changed")


def test_a_doctor_sees_the_own_earlier_medicines(call):
    given = issued()

    mine = call(given.doctor.user, "get", "/api/v1/earlier-medicines/").json()

    assert [each["name"] for each in mine] == [each.name for each in given.medicines.all()]
    assert call(given.patient.user, "get", "/api/v1/earlier-medicines/").status_code == 403


def code_of(prescription, part=""):
    return f"/api/v1/prescriptions/codes/{prescription.spelled_code}/{part}"


def test_everybody_with_the_code_sees_that_it_is_genuine_and_no_more(client):
    given = issued()

    found = client.get(code_of(given))

    assert (found.json()["status"], found.json()["may_be_dispensed"]) == ("issued", True)
    assert given.patient.family_name not in found.content.decode()
    assert client.get(code_of(PrescriptionFactory())).status_code == 404


def test_who_checks_by_program_reads_whom_to_ask(client):
    given = issued()

    found = client.get(code_of(given)).json()

    clinic, doctor = given.appointment.clinic, given.doctor
    asked = [found[name] for name in ("phone", "email", "register", "number")]
    assert asked == [clinic.phone, clinic.email, doctor.register, doctor.number]


def test_the_birth_date_opens_the_medicines(client):
    given = issued()

    wrong = client.post(code_of(given, "medicines/"), {"birth_date": "1901-01-01"}, content_type="application/json")
    right = client.post(
        code_of(given, "medicines/"), {"birth_date": given.patient.birth_date}, content_type="application/json"
    )

    assert (wrong.status_code, wrong.json().keys()) == (400, {"birth_date"})
    assert (right.json()["patient"], len(right.json()["medicines"])) == (given.patient.name, given.medicines.count())


def test_a_seal_is_ours_or_not(client):
    given = issued()
    seal = given.sealed_url.partition("#")[2]

    answers = [
        client.post(code_of(given, "seal/"), {"seal": text}, content_type="application/json").json()
        for text in (seal, "forged")
    ]

    assert answers == [{"genuine": True}, {"genuine": False}]
