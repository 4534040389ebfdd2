"""What programs do with one's own account."""

from datetime import timedelta

import pytest
import time_machine
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from clinic.people.models import ApiToken, Claim, Patient
from clinic.people.tests.factories import (
    ClinicFactory,
    DoctorFactory,
    PatientFactory,
    RepresentationFactory,
    SpecialtyFactory,
    StaffFactory,
    UserFactory,
)

pytestmark = pytest.mark.django_db
ME, PATIENT, DOCTOR, TOKENS = "/api/v1/me/", "/api/v1/me/patient/", "/api/v1/me/doctor/", "/api/v1/me/tokens/"
AMA = {"given_name": "Ama", "family_name": "Osei", "birth_date": "1990-02-03"}


@pytest.fixture
def call(client):
    """Call the API as a user: the answer, which is JSON."""

    def make(user, method, address, body=None, **headers):
        client.force_login(user)
        return getattr(client, method)(address, body, content_type="application/json", headers=headers)

    return make


def test_one_reads_who_one_is(call):
    patient = PatientFactory()

    me = call(patient.user, "get", ME).json()

    assert (me["email"], me["role"], me["patient"], me["doctor"]) == (patient.user.email, "patient", patient.uid, None)


def test_a_change_names_what_was_read(call):
    user = UserFactory()
    seen = call(user, "get", ME)["ETag"]

    changed = call(user, "patch", ME, {"zone": "Europe/Lisbon"}, if_match=seen)

    assert (changed.status_code, changed.json()["zone"]) == (200, "Europe/Lisbon")
    assert changed["ETag"] == call(user, "get", ME)["ETag"] != seen


@pytest.mark.parametrize(
    ("headers", "status", "code"),
    [
        ({}, 428, "if_match_missing"),
        ({"if_match": '"old"'}, 412, "changed_meanwhile"),
        ({"if_match": 'W/"old", "older"'}, 412, "changed_meanwhile"),
    ],
)
def test_a_change_of_what_was_not_read_is_refused(call, headers, status, code):
    user = UserFactory()

    refused = call(user, "patch", ME, {"zone": "Europe/Lisbon"}, **headers)

    assert (refused.status_code, refused.json()["code"]) == (status, code)
    user.refresh_from_db()
    assert user.zone == ""


def test_any_version_may_be_meant(call):
    assert call(UserFactory(), "patch", ME, {"theme": "dark"}, if_match="*").status_code == 200


@pytest.mark.parametrize("wrong", [{"zone": "Mars/Base"}, {"theme": "pink"}, {"zone": None}])
def test_wrong_facts_are_named(call, wrong):
    refused = call(UserFactory(), "patch", ME, wrong, if_match="*")

    assert (refused.status_code, refused.json().keys()) == (400, wrong.keys())


def test_names_and_address_are_not_changed_here(call):
    user = UserFactory(given_name="Ama")

    call(user, "patch", ME, {"given_name": "Eve", "email": "eve@example.org", "is_staff": True}, if_match="*")

    user.refresh_from_db()
    assert (user.given_name, user.email != "eve@example.org", user.is_staff) == ("Ama", True, False)


def test_who_is_no_patient_yet_becomes_one(call):
    user = UserFactory()

    made = call(user, "post", PATIENT, AMA)

    assert made.status_code == 201
    assert Patient.objects.get(user=user).name == "Ama Osei"


def test_nobody_becomes_a_patient_twice(call):
    patient = PatientFactory()

    refused = call(patient.user, "post", PATIENT, AMA)

    assert (refused.status_code, refused.json()["code"]) == (409, "has_own_record")


def test_a_patient_says_how_to_be_reached(call):
    patient = PatientFactory()

    call(patient.user, "patch", PATIENT, {"phone": "+351912345678", "needs": "I lip-read"}, if_match="*")

    patient.refresh_from_db()
    assert (patient.phone, patient.needs) == ("+351 912 345 678", "I lip-read")


@pytest.mark.parametrize("wrong", [{"phone": "12"}, {"language": "xx"}, {"needs": "x" * 1001}])
def test_a_patients_wrong_facts_are_named(call, wrong):
    refused = call(PatientFactory().user, "patch", PATIENT, wrong, if_match="*")

    assert (refused.status_code, refused.json().keys()) == (400, wrong.keys())


def test_the_clinic_checks_another_name_or_birth(call):
    patient = PatientFactory()

    call(patient.user, "patch", PATIENT, AMA, if_match="*")

    assert Patient.objects.get(pk=patient.pk).name == patient.name


@pytest.mark.parametrize("birth", ["1889-12-31", "2999-01-01", "yesterday"])
def test_nobody_was_born_then(call, birth):
    refused = call(UserFactory(), "post", PATIENT, {**AMA, "birth_date": birth})

    assert (refused.status_code, refused.json().keys()) == (400, {"birth_date"})


def test_there_is_no_doctors_profile_of_a_patient(call):
    assert call(PatientFactory().user, "get", DOCTOR).status_code == 404


def test_a_doctors_slots_follow_the_profile(call, monkeypatch):
    doctor, told = DoctorFactory(slot_minutes=20), []
    monkeypatch.setattr(type(doctor), "tell_of_changes", lambda _self, fields: told.append(fields))

    call(doctor.user, "patch", DOCTOR, {"slot_minutes": 30, "about": doctor.about}, if_match="*")

    doctor.refresh_from_db()
    assert doctor.slot_minutes == 30
    assert told == [["slot_minutes"]]


def test_one_reads_for_whom_one_acts(call):
    representation = RepresentationFactory()

    answer = call(representation.user, "get", "/api/v1/me/representations/")

    assert [row["patient"] for row in answer.json()["results"]] == [representation.patient.uid]
    assert answer.json()["results"][0]["state"] == "valid"


def queries_for(browser, address) -> int:
    browser.get(address)
    with CaptureQueriesContext(connection) as queries:
        browser.get(address)
    return len(queries)


def test_the_list_of_whom_one_acts_for_takes_as_many_queries_however_many_they_are(client):
    client.force_login(user := RepresentationFactory().user)

    for_one = queries_for(client, "/api/v1/me/representations/")
    for _n in range(7):
        RepresentationFactory(user=user)

    assert queries_for(client, "/api/v1/me/representations/") == for_one


def test_a_session_makes_tokens(call):
    user, ends = UserFactory(), timezone.now() + timedelta(days=3)

    made = call(user, "post", TOKENS, {"name": "Script", "scopes": ["visits:read"], "expires_at": ends})

    assert made.status_code == 201
    assert ApiToken.objects.of_text(made.json()["token"], timezone.now()).user == user
    assert "token" not in call(user, "get", TOKENS).json()["results"][0]


def test_making_a_token_asks_for_a_sign_in_just_before(client):
    body = {"name": "Script", "scopes": ["visits:read"], "expires_at": "2026-12-20T08:00:00Z"}
    with time_machine.travel("2026-11-20 08:00Z", tick=False) as clock:
        client.force_login(UserFactory())
        clock.shift(601)
        refused = client.post(TOKENS, body, content_type="application/json")
        listed = client.get(TOKENS)

    assert (refused.status_code, refused.json()["code"]) == (403, "sign_in_again")
    assert (listed.status_code, listed.json()["results"]) == (200, [])


@pytest.mark.parametrize(
    "wrong",
    [
        {"scopes": []},
        {"scopes": ["all"]},
        {"name": ""},
        {"expires_at": "2020-01-01T00:00:00Z"},
        {"expires_at": "2999-01-01T00:00:00Z"},
    ],
)
def test_a_wrong_token_is_not_made(call, wrong):
    right = {"name": "Script", "scopes": ["visits:read"], "expires_at": timezone.now() + timedelta(days=3)}

    refused = call(UserFactory(), "post", TOKENS, {**right, **wrong})

    assert (refused.status_code, refused.json().keys()) == (400, wrong.keys())


def test_a_token_cannot_make_tokens(client):
    at = timezone.now()
    facts = {"name": "All", "scopes": ["account:read", "account:write"], "expires_at": at + timedelta(days=1), "at": at}
    _row, text = ApiToken.objects.make(UserFactory(), **facts)

    answers = [
        getattr(client, method)(TOKENS, headers={"authorization": f"Bearer {text}"}) for method in ("get", "post")
    ]

    assert [answer.status_code for answer in answers] == [403, 403]


def test_a_session_revokes_its_tokens_only(call):
    user, at = UserFactory(), timezone.now()
    facts = {"name": "Mine", "scopes": ["visits:read"], "expires_at": at + timedelta(days=1), "at": at}
    token, text = ApiToken.objects.make(user, **facts)

    assert call(UserFactory(), "delete", f"{TOKENS}{token.uid}/").status_code == 404
    assert call(user, "delete", f"{TOKENS}{token.uid}/").status_code == 204
    assert ApiToken.objects.of_text(text, at) is None


def test_a_record_is_taken_over_by_code_and_birth(call):
    patient, user = PatientFactory(user=None), UserFactory()
    code = Claim.objects.offer(patient, by=StaffFactory(), at=timezone.now())

    wrong = call(user, "post", "/api/v1/claims/", {"code": code, "birth_date": "1901-01-01"})
    right = call(user, "post", "/api/v1/claims/", {"code": code, "birth_date": str(patient.birth_date)})

    assert (wrong.status_code, wrong.json().keys()) == (400, {"birth_date"})
    assert (right.status_code, right.json()) == (200, {"patient": patient.uid})


def test_a_code_that_opens_nothing_is_not_found(call):
    body = {"code": "0000000000", "birth_date": "1990-01-01"}

    assert call(UserFactory(), "post", "/api/v1/claims/", body).status_code == 404


@pytest.mark.parametrize("address", ["/api/v1/clinics/", "/api/v1/specialties/"])
def test_everybody_reads_what_there_is_to_search_by(client, address):
    DoctorFactory(specialties=[SpecialtyFactory()])

    for_one = queries_for(client, address)
    for _n in range(7):
        ClinicFactory(), SpecialtyFactory()

    assert len(client.get(address).json()["results"]) == 8
    assert queries_for(client, address) == for_one


@pytest.mark.parametrize("method", ["get", "post", "put", "patch", "delete"])
@pytest.mark.parametrize("address", ["/api/v1/", "/api/v1/nothing/", "/api/v1/doctors", "/api/v1/nothing/x/y.json"])
def test_what_is_no_call_is_not_found_in_the_apis_form(client, method, address):
    answer = getattr(client, method)(address)

    assert (answer.status_code, answer.json()["code"]) == (404, "not_found")
