"""Guests for programs: who may ask somebody, what a link and a code open."""

from datetime import timedelta

import pytest
from django.utils import timezone

from clinic.people.tests.factories import DoctorFactory, PatientFactory, StaffFactory
from clinic.signing import verify
from televisit.models import Invitation, Visit, VisitEvent
from televisit.tests.factories import a_visit

pytestmark = pytest.mark.django_db
JSON = "application/json"
INTERPRETER = {"role": "interpreter", "name": "Ines Prado"}


def invitations_of(visit):
    return f"/api/v1/televisits/{visit.uid}/invitations/"


def invite(client, visit, **facts):
    headers = facts.pop("headers", {})
    return client.post(invitations_of(visit), {**INTERPRETER, **facts}, content_type=JSON, headers=headers)


def join(client, code, **facts):
    return client.post(f"/api/v1/televisits/codes/{code}/join/", {**INTERPRETER, **facts}, content_type=JSON)


def secret_in(told):
    return told["url"].rstrip("/").rpartition("/")[2]


@pytest.fixture
def visit(client):
    visit = a_visit()
    client.force_login(visit.host.user)
    return visit


@pytest.mark.parametrize(
    ("name", "status"), [("doctor", 201), ("patient", 201), ("staff", 201), ("stranger", 404), ("nobody", 401)]
)
def test_who_may_ask_somebody_to_a_visit(client, name, status):
    visit = a_visit()
    users = {
        "doctor": lambda: visit.host.user,
        "patient": lambda: visit.appointment.patient.user,
        "staff": StaffFactory,
        "stranger": lambda: PatientFactory().user,
    }
    if name in users:
        client.force_login(users[name]())

    assert invite(client, visit).status_code == status
    assert Invitation.objects.exists() == (status == 201)


def test_link_is_given_once_to_who_passes_it_on(client, visit):
    url = invite(client, visit).json()["url"]

    listed = client.get(invitations_of(visit)).json()

    assert Invitation.objects.with_link(secret_in({"url": url})).exists()
    assert [row["name"] for row in listed] == ["Ines Prado"]
    assert "url" not in listed[0]


def test_link_that_is_sent_is_not_told(client, visit):
    assert invite(client, visit, address="ines@example.com").json()["url"] is None


@pytest.mark.parametrize("facts", [{"address": "Ines"}, {"role": "doctor"}, {"role": "representative"}, {"name": ""}])
def test_malformed_invitation_is_refused(client, visit, facts):
    response = invite(client, visit, **facts)

    assert response.status_code == 400
    assert response.json().keys() == facts.keys()
    assert not Invitation.objects.exists()


def test_the_same_call_twice_asks_once_and_tells_the_same_link(client, visit):
    first, again = [invite(client, visit, headers={"Idempotency-Key": "one"}).json() for _time in range(2)]

    assert again == first
    assert Invitation.objects.with_link(secret_in(first)).get().uid == first["id"]


def test_other_calls_get_other_links(client, visit):
    keys = ({"Idempotency-Key": "one"}, {"Idempotency-Key": "two"}, {}, {})

    assert len({invite(client, visit, headers=key).json()["url"] for key in keys}) == 4


def test_a_retry_does_not_bring_back_a_link_that_was_renewed(client, visit):
    facts = {"headers": {"Idempotency-Key": "one"}}
    invite(client, visit, **facts)
    renewed = Invitation.objects.get().renew_link()

    again = invite(client, visit, **facts).json()

    assert again["url"] is None
    assert Invitation.objects.with_link(secret_in({"url": renewed})).exists()


def test_a_retry_sends_no_second_message(client, visit):
    for _time in range(2):
        invite(client, visit, address="ines@example.com", headers={"Idempotency-Key": "one"})

    assert visit.events.filter(kind=VisitEvent.Kind.INVITED).count() == 1


def test_revoked_link_opens_nothing(client, visit):
    made = invite(client, visit).json()

    response = client.delete(f"{invitations_of(visit)}{made['id']}/")

    assert response.status_code == 204
    assert Invitation.objects.get().is_revoked
    assert visit.events.filter(kind=VisitEvent.Kind.INVITATION_REVOKED).exists()


def test_guest_joins_by_code_and_waits(client):
    visit = a_visit()

    body = join(client, visit.spoken_code.lower()).json()

    seat = visit.participants.get()
    assert (seat.name, seat.role, seat.admitted_at) == ("Ines Prado", "interpreter", None)
    assert verify(body["token"], purpose="join")["seat"] == seat.uid
    assert body["ice_servers"] == []


@pytest.mark.parametrize("facts", [{"role": "doctor"}, {"role": "representative"}, {"name": ""}])
def test_code_gives_no_other_seats(client, facts):
    visit = a_visit()

    assert join(client, visit.code, **facts).status_code == 400
    assert not visit.participants.exists()


def test_code_alone_does_not_give_the_seat_of_a_patient_whom_we_know(client):
    visit = a_visit()

    assert join(client, visit.code, role="patient").status_code == 400


def test_only_the_clinic_gives_the_patients_seat_away(client, visit):
    assert invite(client, visit, role="patient").status_code == 201
    client.force_login(visit.appointment.patient.user)

    assert invite(client, visit, role="patient").status_code == 400


def test_doctor_opens_a_visit_now_and_somebody_comes_by_its_code(client):
    client.force_login(DoctorFactory().user)

    made = client.post("/api/v1/televisits/", {"instant": True}, content_type=JSON)

    assert made.status_code == 201
    assert Visit.objects.get(uid=made.json()["session_id"]).appointment.patient is None
    assert join(client, made.json()["code"], role="patient").json()["code"] == "consent_missing"
    assert join(client, made.json()["code"], role="patient", consent=True).status_code == 201


def test_doctor_opens_a_visit_now_with_a_patient_of_theirs(client):
    visit = a_visit(starts_in=timedelta(hours=3))
    client.force_login(visit.host.user)
    body = {"instant": True, "patient": visit.appointment.patient.uid}

    made = client.post("/api/v1/televisits/", body, content_type=JSON)

    assert Visit.objects.get(uid=made.json()["session_id"]).appointment.patient == visit.appointment.patient


def test_patient_who_has_a_visit_at_this_time_is_not_in_a_second_one(client, visit):
    body = {"instant": True, "patient": visit.appointment.patient.uid}

    response = client.post("/api/v1/televisits/", body, content_type=JSON)

    assert response.status_code == 409
    assert Visit.objects.count() == 1


def test_doctor_does_not_open_a_visit_with_somebody_elses_patient(client, visit):
    body = {"instant": True, "patient": PatientFactory().uid}

    assert client.post("/api/v1/televisits/", body, content_type=JSON).status_code == 404
    assert Visit.objects.count() == 1


@pytest.mark.parametrize("body", [{}, {"instant": True, "appointment": "ABCD2345"}])
def test_visit_is_made_of_an_appointment_or_at_once(client, visit, body):
    assert client.post("/api/v1/televisits/", body, content_type=JSON).status_code == 400


def test_patient_does_not_open_a_visit(client):
    client.force_login(PatientFactory().user)

    assert client.post("/api/v1/televisits/", {"instant": True}, content_type=JSON).status_code == 403


def test_code_opens_nothing_outside_the_visits_hours(client):
    visit = a_visit(starts_in=timedelta(hours=2))

    assert join(client, visit.code).json()["code"] == "too_early"
    assert not visit.participants.exists()


def test_unknown_code_says_nothing_and_guessing_is_slowed_down(client):
    assert [join(client, "000000000000").status_code for _try in range(21)] == [404] * 20 + [429]


def test_code_of_a_cancelled_visit_opens_nothing(client):
    visit = a_visit()
    visit.cancel(by=None, at=timezone.now())

    assert join(client, visit.code).status_code == 409


def accept(client, visit, **facts):
    """Take the patient's seat by the link that the clinic has given."""
    url = invite(client, visit, role="patient", name="Ama Osei").json()["url"]
    body = {"secret": url.rstrip("/").rpartition("/")[2], "name": "Ama Osei", **facts}
    return client.post("/api/v1/televisits/invitations/accept/", body, content_type=JSON)


def test_the_patients_link_asks_for_birth_date_and_consent(client, visit):
    born = visit.appointment.patient.birth_date.isoformat()

    response = accept(client, visit, birth_date=born, consent=True, place="Lisbon")

    seat = visit.participants.get()
    assert (response.status_code, response.json()["provider"]) == (201, "webrtc")
    assert (seat.role, seat.place, seat.consents.count()) == ("patient", "Lisbon", 1)


@pytest.mark.parametrize(
    ("facts", "code"),
    [({"consent": True, "birth_date": "1901-01-01"}, "not_the_birth_date"), ({"birth_date": None}, "consent_missing")],
)
def test_without_either_the_link_gives_no_seat(client, visit, facts, code):
    facts["birth_date"] = facts["birth_date"] or visit.appointment.patient.birth_date.isoformat()

    response = accept(client, visit, **facts)

    assert (response.status_code, response.json()["code"]) == (409, code)
    assert not visit.participants.exists()
