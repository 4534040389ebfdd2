"""What is refused, as an OperationOutcome that says no more than it must."""

from datetime import timedelta

import pytest
from django.utils import timezone

from appointments.tests.factories import AppointmentFactory
from clinic.people.models import ApiToken
from clinic.people.tests.factories import DoctorFactory, PatientFactory

pytestmark = pytest.mark.django_db
XML = "application/fhir+xml"


@pytest.fixture
def patient():
    return PatientFactory()


@pytest.fixture
def program(reading, patient):
    return reading(patient.user)


@pytest.mark.parametrize(
    ("query", "code"),
    [
        ("colour=red", "not-supported"),
        ("_sort=date", "not-supported"),
        ("_has:Encounter:appointment:status=finished", "not-supported"),
        ("patient.name=Anna", "not-supported"),
        ("patient:Practitioner.name=Anna", "not-supported"),
        ("patient:missing=true", "not-supported"),
        ("patient:Practitioner=anna", "not-supported"),
        ("status:not=booked", "not-supported"),
        ("_id:exact=K7F3", "not-supported"),
        ("_include=*", "not-supported"),
        ("_include=Appointment:location", "not-supported"),
        ("_include:iterate=Appointment:patient", "not-supported"),
        ("_revinclude=MedicationRequest:encounter", "not-supported"),
        ("_summary=true", "not-supported"),
        ("patient=", "invalid"),
        ("date=xx2026-11-21", "invalid"),
        ("date=tomorrow", "invalid"),
        ("date=2026-02-30", "invalid"),
        ("date=9999-12", "invalid"),
        ("date=0000", "invalid"),
        ("date=2026-11-21T25:00Z", "invalid"),
        ("date=٢٠٢٦", "invalid"),
        ("_lastUpdated=yesterday", "invalid"),
        ("_count=-1", "invalid"),
        ("_count=many", "invalid"),
        ("_count=1.5", "invalid"),
        ("_count=99999999999999999999", "invalid"),
        ("_total=roughly", "invalid"),
        ("_page=K7F3QX2M", "invalid"),
    ],
)
def test_searches_that_are_refused(program, query, code):
    assert program.refused(f"Appointment?{query}", 400) == code


@pytest.mark.parametrize(
    "query", ["status=nonsense", "_id=..", "practitioner=x/y/z", "patient=Patient/", "status=%7C%7C"]
)
def test_searches_that_find_nothing(program, patient, query):
    AppointmentFactory(patient=patient)

    assert program.found(f"Appointment?{query}") == []


@pytest.mark.parametrize(
    ("path", "code"),
    [
        ("Observation", "not-supported"),
        ("Observation/1", "not-supported"),
        ("patient", "not-supported"),
        ("Appointment/", "not-found"),
        ("Appointment/NOBODYS1", "not-found"),
        ("Appointment/NOBODYS1/_history/1", "not-found"),
        ("Appointment/NOBODYS1/$book", "not-found"),
        ("MedicationRequest/one", "not-found"),
        ("DocumentReference/one", "not-found"),
        ("Binary/chart-one", "not-found"),
        ("", "not-found"),
        ("/fhir/", "not-found"),
        ("/fhir/R5/Patient", "not-found"),
        ("/fhir/systems/appointment", "not-found"),
    ],
)
def test_what_is_not_there(program, path, code):
    assert program.refused(path, 404) == code


@pytest.mark.parametrize(
    ("method", "path"),
    [
        ("POST", "Appointment"),
        ("PUT", "Appointment/K7F3QX2M"),
        ("PATCH", "Appointment/K7F3QX2M"),
        ("DELETE", "Appointment/K7F3QX2M"),
        ("OPTIONS", "Appointment"),
        ("GET", "Appointment/_search"),
        ("POST", "metadata"),
    ],
)
def test_writing_is_not_offered(program, method, path):
    assert program.refused(path, 405, method=method) == "not-supported"


@pytest.mark.parametrize("accept", [XML, "text/html", "application/fhir+json; fhirVersion=5.0", "application/json;q=0"])
def test_other_forms_than_json_are_refused(program, accept):
    assert program.refused("Appointment", 406, headers={"accept": accept}) == "not-supported"


@pytest.mark.parametrize("form", ["xml", "application/fhir%2Bxml", "ttl", "html"])
def test_other_forms_asked_for_in_the_address(program, form):
    assert program.refused(f"Appointment?_format={form}", 406) == "not-supported"


@pytest.mark.parametrize(
    "accept",
    [
        "application/fhir+json",
        "application/fhir+json; fhirVersion=4.0",
        "text/html,*/*;q=0.8",
        f"{XML}, application/json",
    ],
)
def test_forms_that_are_understood(program, accept):
    assert program.ask("Appointment", headers={"accept": accept})["total"] == 0


@pytest.mark.parametrize("form", ["json", "application/json", "application/fhir%2Bjson", "application/fhir+json"])
def test_json_asked_for_in_the_address(program, form):
    assert program.ask(f"Appointment?_format={form}", headers={"accept": XML})["total"] == 0


@pytest.mark.parametrize(
    "content_type", ["application/fhir+xml", "application/json", "application/fhir+json", "text/plain"]
)
def test_searches_by_post_are_forms(program, content_type):
    body = {"data": "<Parameters/>", "content_type": content_type}

    assert program.refused("Appointment/_search", 415, method="POST", **body) == "not-supported"


def test_a_nul_is_refused_before_anybody_looks(program):
    assert program.refused("Appointment?patient=%00", 400) == "invalid"


def test_a_crash_says_nothing_of_itself(program, monkeypatch):
    def crash(*args):
        raise ValueError("the secret of Ana Silva")

    monkeypatch.setattr("clinic.fhir.views.matches", crash)

    outcome = program.ask("Appointment", expect=500)

    assert (outcome["issue"][0]["code"], outcome["issue"][0]["severity"]) == ("exception", "fatal")
    assert "secret" not in str(outcome)


def test_nobody_is_asked_to_sign_in(reading):
    nobody = reading(None)

    assert nobody.refused("Appointment", 401) == "login"
    assert nobody.headers["WWW-Authenticate"].startswith("Bearer")


def test_pages_of_people_stay_pages(client):
    assert client.get("/nothing-here/")["Content-Type"].startswith("text/html")


# What one may not see is as if it were not there


def test_what_one_may_not_see_reads_like_what_is_not_there(program):
    hidden = AppointmentFactory()

    answers = [program.ask(f"Appointment/{name}", expect=404) for name in (hidden.reference, "NOBODYS1")]

    assert answers[0] == answers[1]


@pytest.mark.parametrize(
    "kind", ["Appointment?patient", "Encounter?subject", "MedicationRequest?patient", "Patient?_id"]
)
def test_a_reference_to_whom_one_may_not_see_finds_nothing(program, kind):
    hidden = AppointmentFactory().patient

    bundle = program.ask(f"{kind}={hidden.uid}")

    assert (bundle["total"], "entry" in bundle) == (0, False)
    assert hidden.family_name not in str(bundle)


def test_a_doctor_with_a_request_reads_the_appointment_but_not_the_patient(reading):
    request = AppointmentFactory(status="requested")
    doctor = reading(request.doctor.user)

    assert doctor.found("Appointment") == [f"Appointment/{request.reference}"]
    assert doctor.refused(f"Patient/{request.patient.uid}", 404) == "not-found"


def test_a_suspended_doctor_reads_nothing_of_patients(reading):
    visit = AppointmentFactory(doctor=DoctorFactory(suspended_at=timezone.now()))
    doctor = reading(visit.doctor.user)

    found = [doctor.found(kind) for kind in ("Patient", "Appointment", "Encounter", "MedicationRequest")]

    assert found == [[], [], [], []]
    assert doctor.ask(f"Practitioner/{visit.doctor.slug}")["active"] is False


# Tokens


def token(user, *, scopes=("fhir:read",), days=1, made=timedelta()):
    at = timezone.now() - made
    facts = {"name": "A program", "scopes": scopes, "expires_at": at + timedelta(days=days), "at": at}
    return {"headers": {"authorization": f"Bearer {ApiToken.objects.make(user, **facts)[1]}"}}


@pytest.fixture
def nobody(reading):
    return reading(None)


def test_a_token_made_for_fhir_reads_and_searches(nobody, patient):
    headers = token(patient.user)
    form = {"data": "", "content_type": "application/x-www-form-urlencoded"}

    assert nobody.ask(f"Patient/{patient.uid}", **headers)["id"] == patient.uid
    assert nobody.ask("Patient/_search", method="POST", **form, **headers)["total"] == 1


def test_a_token_for_other_things_is_too_small(nobody, patient):
    headers = token(patient.user, scopes=["visits:read", "record:read"])

    assert nobody.refused(f"Patient/{patient.uid}", 403, **headers) == "forbidden"


def test_a_token_that_is_over_opens_nothing(nobody, patient):
    headers = token(patient.user, made=timedelta(days=2))

    assert nobody.refused(f"Patient/{patient.uid}", 401, **headers) == "login"


def test_a_forged_token_opens_nothing(nobody):
    headers = {"headers": {"authorization": "Bearer clinic_forged"}}

    assert nobody.refused("Patient", 401, **headers) == "login"
