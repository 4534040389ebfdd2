"""A visit while it is held, for programs: who waits, the phone, who came, what came of it."""

from datetime import timedelta

import pytest
from django.utils import timezone

from clinic.audit.models import AuditEntry
from clinic.people.models import Patient
from clinic.people.tests.factories import PatientFactory, StaffFactory
from televisit.instant import open_now
from televisit.models import Consent, DeviceCheck, Note, Participant, VisitEvent
from televisit.tests.factories import a_seat_of_the_patient, a_visit, both_in

pytestmark = pytest.mark.django_db
ROOT = "/api/v1/televisits/"
OUTCOME = {"outcome": "treated", "text": "Drink a lot.", "seek_help": "Fever"}


@pytest.fixture
def visit():
    return a_visit()


@pytest.fixture
def call(client, visit):
    """Call something of the visit as `user`, its doctor unless said."""

    def make(method, path, body=None, user=None, **headers):
        client.force_login(user or visit.host.user)
        address = f"{ROOT}{visit.uid}/{path}"
        return getattr(client, method)(address, body, content_type="application/json", headers=headers)

    return make


def kinds_of(visit) -> set[str]:
    return set(visit.events.values_list("kind", flat=True))


def test_the_doctor_sees_who_waits(client, visit):
    seat = a_seat_of_the_patient(visit)
    seat.wait(at=timezone.now())
    client.force_login(visit.host.user)

    waiting = client.get(f"{ROOT}waiting/").json()

    assert [(each["uid"], each["session_id"]) for each in waiting] == [(seat.uid, visit.uid)]


@pytest.mark.parametrize("number", [1, 6])
def test_the_list_of_who_waits_takes_as_many_queries_however_many_they_are(
    client, number, django_assert_max_num_queries
):
    first = a_visit()
    for _n in range(number):
        visit = first if _n == 0 else a_visit(doctor=first.host, starts_in=timedelta(minutes=30 * _n))
        seat = Participant.objects.create(visit=visit, role="patient", name="Ama")
        seat.wait(at=timezone.now())
    client.force_login(first.host.user)
    client.get(f"{ROOT}waiting/")

    with django_assert_max_num_queries(6):
        client.get(f"{ROOT}waiting/")


def test_only_doctors_have_somebody_waiting(client):
    client.force_login(PatientFactory().user)

    assert client.get(f"{ROOT}waiting/").status_code == 403


def test_who_waits_sees_how_things_stand(call, visit):
    line = call("get", "line/", user=visit.appointment.patient.user).json()

    assert (line["ahead"], line["doctor_is_here"]) == (0, False)


def test_who_waits_may_leave_and_be_called(call, visit):
    seat = a_seat_of_the_patient(visit)
    seat.wait(at=timezone.now())

    answer = call("post", "call-me/", user=visit.appointment.patient.user)

    seat.refresh_from_db()
    assert (answer.status_code, seat.wants_call_at is not None) == (204, True)


def test_who_has_no_seat_cannot_be_called(call, visit):
    assert call("post", "call-me/", user=visit.appointment.patient.user).status_code == 403


def test_the_doctor_says_that_it_will_be_soon(call, visit):
    assert call("post", "soon/").status_code == 204
    assert VisitEvent.Kind.SOON in kinds_of(visit)


def test_the_doctor_goes_on_by_phone_and_enters_the_minutes(call, visit):
    both_in(visit)

    begun, entered = call("post", "by-phone/"), call("post", "by-phone/minutes/", {"minutes": 7})

    assert (begun.status_code, entered.status_code) == (200, 200)
    assert call("get", "billing/").json()["phone_minutes"] == 7


def test_the_doctor_checks_who_it_is(call, visit):
    seat = a_seat_of_the_patient(visit)

    answer = call("post", f"participants/{seat.uid}/identity/", {"how": "document"})

    seat.refresh_from_db()
    assert (answer.status_code, seat.identity_how) == (200, "document")


@pytest.mark.parametrize("body", [{}, {"how": "magic"}, {"skipped": " "}])
def test_an_identity_is_checked_somehow(call, visit, body):
    seat = a_seat_of_the_patient(visit)

    assert call("post", f"participants/{seat.uid}/identity/", body).json().keys() == {"how"}


def test_the_doctor_says_who_came_to_an_instant_visit(client):
    known = PatientFactory()
    visit = open_now(a_visit().host, at=timezone.now())
    client.force_login(visit.host.user)
    who = {
        "given_name": known.given_name.upper(),
        "family_name": known.family_name,
        "birth_date": str(known.birth_date),
    }

    answer = client.post(f"{ROOT}{visit.uid}/patient/", who, content_type="application/json")

    visit.appointment.refresh_from_db()
    assert (answer.status_code, visit.appointment.patient) == (200, known)
    assert Patient.objects.filter(family_name=known.family_name).count() == 1


def test_a_device_check_is_kept(call, visit):
    body = {"camera": "works", "microphone": "failed", "round_trip_ms": 40}

    answer = call("post", "device-checks/", body, user=visit.appointment.patient.user)

    assert (answer.status_code, DeviceCheck.objects.get().microphone) == (201, "failed")
    assert call("post", "device-checks/", body, user=StaffFactory()).status_code == 403


def test_consent_is_kept_with_the_seat(call, visit):
    call("post", "token/", {"place": "Lisbon", "consent": True}, user=visit.appointment.patient.user)

    assert Consent.objects.get().patient == visit.appointment.patient
    assert Participant.objects.get(role="patient").place == "Lisbon"


def test_the_doctor_shares_the_note_and_takes_it_back(call, visit):
    call("post", "notes/", {"text": "Dizzy.", "sign": True})

    shared = call("post", "notes/share/", {"shared": True}).json()["shared_at"]
    call("post", "notes/share/", {"shared": False})

    assert shared is not None
    assert Note.objects.get().shared_at is None


def test_an_unsigned_note_is_not_shared(call, visit):
    call("post", "notes/", {"text": "Dizzy."})

    assert call("post", "notes/share/", {"shared": True}).json()["code"] == "note_unsigned"


def test_the_doctor_says_what_came_of_it_and_mends_it(call, visit):
    both_in(visit)

    first = call("put", "outcome/", OUTCOME)
    second = call("put", "outcome/", {**OUTCOME, "text": "Rest."}, if_match=first["ETag"])

    assert (first.status_code, first["ETag"], second["ETag"]) == (200, '"1"', '"2"')
    assert call("get", "outcome/").json()["text"] == "Rest."
    assert AuditEntry.objects.filter(action="changed").count() == 2


@pytest.mark.parametrize(("headers", "status"), [({}, 428), ({"if_match": '"0"'}, 412)])
def test_an_outcome_that_was_not_read_is_not_overwritten(call, visit, headers, status):
    both_in(visit)
    call("put", "outcome/", OUTCOME)

    refused = call("put", "outcome/", {**OUTCOME, "text": "Rest."}, **headers)

    assert refused.status_code == status
    assert call("get", "outcome/").json()["text"] == OUTCOME["text"]


@pytest.mark.parametrize("wrong", [{"outcome": "cured"}, {"outcome": None}, {"follow_up_on": "2020-01-01"}])
def test_a_wrong_outcome_is_named(call, visit, wrong):
    assert call("put", "outcome/", {**OUTCOME, **wrong}).json().keys() == wrong.keys()


def test_nothing_comes_of_a_visit_that_was_not_held(call, visit):
    assert call("put", "outcome/", OUTCOME).json()["code"] == "not_held"


@pytest.mark.parametrize(
    ("method", "path"),
    [
        ("post", "soon/"),
        ("post", "by-phone/"),
        ("post", "by-phone/minutes/"),
        ("post", "patient/"),
        ("get", "outcome/"),
        ("put", "outcome/"),
        ("post", "notes/share/"),
    ],
)
def test_the_patient_does_not_do_the_doctors_part(call, visit, method, path):
    assert call(method, path, {}, user=visit.appointment.patient.user).status_code == 403
    assert call(method, path, {}, user=PatientFactory().user).status_code == 404
