"""Visits for programs: who may call what, and what they get."""

from datetime import timedelta

import pytest
from django.utils import timezone

from appointments.tests.factories import AppointmentFactory
from clinic.people.tests.factories import PatientFactory, RepresentationFactory, StaffFactory
from clinic.signing import verify
from televisit.models import Consent, Visit, VisitEvent
from televisit.tests.factories import a_seat_of_the_patient, a_visit, both_in

pytestmark = pytest.mark.django_db
ROOT = "/api/v1/televisits/"
MOST_QUERIES = 14
CALLERS = ("doctor", "patient", "representative", "stranger", "staff", "nobody")


def of(visit, path=""):
    return f"{ROOT}{visit.uid}/{path}"


def caller(visit, name):
    """The user called `name` in the tables below; None is nobody."""
    patient = visit.appointment.patient
    users = {
        "doctor": lambda: visit.host.user,
        "patient": lambda: patient.user,
        "representative": lambda: RepresentationFactory(patient=patient).user,
        "stranger": lambda: PatientFactory().user,
        "staff": StaffFactory,
    }
    return users[name]() if name in users else None


def sign_in(client, user):
    client.logout()
    if user is not None:
        client.force_login(user)


@pytest.mark.parametrize(
    ("method", "path", "statuses"),
    [
        ("get", "", (200, 200, 200, 404, 200, 401)),
        ("delete", "", (200, 403, 403, 404, 200, 401)),
        ("post", "start/", (200, 403, 403, 404, 403, 401)),
        ("post", "end/", (409, 403, 403, 404, 403, 401)),  # it has not begun
        ("post", "token/", (200, 200, 409, 404, 403, 401)),  # the representative has not agreed yet
        ("get", "participants/", (200, 200, 200, 404, 200, 401)),
        ("get", "events/", (200, 403, 403, 404, 200, 401)),
        ("get", "billing/", (200, 403, 403, 404, 200, 401)),
        ("post", "extend/", (400, 403, 403, 404, 403, 401)),  # by how much?
        ("post", "reopen/", (409, 403, 403, 404, 403, 401)),
        ("get", "notes/", (200, 200, 200, 404, 403, 401)),
        ("post", "notes/", (400, 403, 403, 404, 403, 401)),
        ("post", "participants/{seat}/admit/", (200, 403, 403, 404, 403, 401)),
        ("post", "participants/{seat}/remove/", (200, 403, 403, 404, 403, 401)),
    ],
)
def test_who_may_call_what(client, method, path, statuses):
    for name, status in zip(CALLERS, statuses, strict=True):
        visit = a_visit()
        seat = a_seat_of_the_patient(visit)
        sign_in(client, caller(visit, name))

        response = getattr(client, method)(of(visit, path.format(seat=seat.uid)), content_type="application/json")

        assert response.status_code == status, (name, response.content)


@pytest.mark.parametrize(
    ("name", "has_doctor_token", "has_patient_token"),
    [("doctor", True, False), ("patient", False, True), ("representative", False, True), ("staff", False, False)],
)
def test_tokens_are_for_their_owners_only(client, name, has_doctor_token, has_patient_token):
    visit = a_visit()
    sign_in(client, caller(visit, name))

    for body in (client.get(of(visit)).json(), client.get(ROOT).json()["results"][0]):
        assert (body["doctor_token"] is not None) is has_doctor_token
        assert (body["patient_token"] is not None) is has_patient_token


def test_visit_reads_as_documented(client):
    visit = a_visit()
    client.force_login(visit.host.user)

    body = client.get(of(visit)).json()

    token = body.pop("doctor_token")
    assert verify(token, purpose="join")["visit"] == visit.uid
    assert {**body, "opens_at": "", "expires_at": "", "created_at": "", "updated_at": ""} == {
        "session_id": visit.uid,
        "appointment_id": visit.appointment.reference,
        "code": visit.code,
        "provider": "webrtc",
        "patient_token": None,
        "status": 0,
        "started_at": None,
        "ended_at": None,
        "opens_at": "",
        "expires_at": "",
        "created_at": "",
        "updated_at": "",
    }


def test_token_takes_the_seat_and_tells_how_to_join(client, settings):
    settings.TURN_URLS, settings.TURN_SECRET = ["turn:turn.clinic.example:3478"], "a-secret"
    visit = a_visit()
    client.force_login(visit.appointment.patient.user)
    where = {"place": "5 Harbour Street, Lisbon", "callback": "+351 912 345 678"}

    body = client.post(of(visit, "token/"), {**where, "consent": True}, content_type="application/json").json()

    seat = visit.participants.get()
    assert (seat.place, seat.callback) == (where["place"], where["callback"])
    assert body["url"].endswith(f"/ws/visits/{visit.code}/")
    assert verify(body["token"], purpose="join")["role"] == "patient"
    assert body["ice_servers"] == []  # who waits gets no relay
    assert visit.events.filter(kind=VisitEvent.Kind.TOKEN_ISSUED).count() == 1


@pytest.mark.parametrize("body", [{}, {"consent": False}, {"place": "Lisbon", "callback": "+351 912 345 678"}])
def test_the_patients_side_does_not_come_in_without_consent(client, body):
    visit = a_visit()
    client.force_login(visit.appointment.patient.user)

    response = client.post(of(visit, "token/"), body, content_type="application/json")

    assert (response.status_code, response.json()["code"]) == (409, "consent_missing")
    assert not visit.participants.exists()


def test_consent_is_asked_once_of_an_account(client):
    first = a_visit()
    patient = first.appointment.patient
    client.force_login(patient.user)
    client.post(of(first, "token/"), {"consent": True}, content_type="application/json")
    second = a_visit(patient=patient, starts_in=timedelta(minutes=60))
    Visit.objects.filter(pk=second.pk).update(opens_at=timezone.now())

    assert client.post(of(second, "token/"), {}, content_type="application/json").status_code == 200
    assert Consent.objects.count() == 1


@pytest.mark.parametrize(
    ("starts_in", "code"), [(timedelta(hours=2), "too_early"), (-timedelta(hours=2), "visit_over")]
)
def test_no_token_outside_the_visits_hours(client, starts_in, code):
    visit = a_visit(starts_in=starts_in)
    client.force_login(visit.host.user)

    response = client.post(of(visit, "token/"), content_type="application/json")

    assert response.status_code == 409
    assert response.json()["code"] == code


@pytest.mark.parametrize("body", [{"place": "x" * 201}, {"callback": "call me"}])
def test_bad_place_or_number_is_refused(client, body):
    visit = a_visit()
    client.force_login(visit.appointment.patient.user)

    response = client.post(of(visit, "token/"), body, content_type="application/json")

    assert response.status_code == 400
    assert not visit.participants.exists()


@pytest.mark.parametrize(("name", "status"), [("doctor", 201), ("staff", 201), ("patient", 403), ("stranger", 404)])
def test_visit_is_made_for_a_confirmed_appointment(client, name, status):
    appointment = AppointmentFactory()
    users = {
        "doctor": appointment.doctor.user,
        "staff": StaffFactory(),
        "patient": appointment.patient.user,
        "stranger": PatientFactory().user,
    }
    client.force_login(users[name])

    response = client.post(ROOT, {"appointment": appointment.reference}, content_type="application/json")

    assert response.status_code == status
    assert Visit.objects.filter(appointment=appointment).exists() == (status == 201)


def test_asking_for_a_visit_that_exists_gives_it(client):
    visit = a_visit()
    client.force_login(visit.host.user)

    response = client.post(ROOT, {"appointment": visit.appointment.reference}, content_type="application/json")

    assert response.status_code == 200
    assert response.json()["session_id"] == visit.uid


def test_start_and_end(client):
    visit = a_visit()
    both_in(visit)
    client.force_login(visit.host.user)

    started, ended = client.post(of(visit, "start/")), client.post(of(visit, "end/"))

    assert started.json()["status"] == Visit.Status.ACTIVE
    assert ended.json()["status"] == Visit.Status.ENDED


def test_list_is_filtered_by_clinic_status_and_time(client):
    visit, other = a_visit(), a_visit(starts_in=timedelta(days=2))
    other.cancel(by=None, at=timezone.now())
    client.force_login(StaffFactory())
    middle = (timezone.now() + timedelta(days=1)).isoformat()

    def found(**filters):
        return [row["session_id"] for row in client.get(ROOT, filters).json()["results"]]

    assert found(clinic=visit.clinic.slug) == [visit.uid]
    assert found(status=3) == [other.uid]
    assert found(**{"from": middle}) == [other.uid]
    assert found(to=middle) == [visit.uid]
    assert client.get(ROOT, {"from": "yesterday"}).status_code == 400


def test_list_costs_the_same_for_many_visits(client, django_assert_max_num_queries):
    visit = a_visit()
    for hours in range(1, 6):
        a_visit(doctor=visit.host, starts_in=timedelta(hours=hours))
    client.force_login(visit.host.user)
    client.get(ROOT)

    with django_assert_max_num_queries(MOST_QUERIES):
        assert len(client.get(ROOT).json()["results"]) == 6


def test_participants_tell_when_they_came_and_went_but_not_where_they_are(client):
    visit = a_visit()
    both_in(visit)
    client.force_login(visit.host.user)

    response = client.get(of(visit, "participants/"))

    assert [person["role"] for person in response.json()] == ["patient", "doctor"]
    assert all(person["attendances"][0]["joined_at"] for person in response.json())
    assert "Harbour" not in response.content.decode()


def test_events_tell_what_happened_in_order(client):
    visit = a_visit()
    both_in(visit)
    client.force_login(visit.host.user)

    kinds = [event["kind"] for event in client.get(of(visit, "events/")).json()]

    assert kinds == ["created", "waiting", "admitted", "joined", "joined", "started"]


def test_code_tells_everybody_clinic_doctor_and_hour_and_nothing_of_the_patient(client):
    visit = a_visit()

    response = client.get(f"{ROOT}codes/{visit.spoken_code.lower()}/")

    assert response.json().keys() == {"clinic", "doctor", "opens_at", "status"}
    assert visit.appointment.patient.family_name not in response.content.decode()


def test_guessing_codes_is_slowed_down(client):
    answers = [client.get(f"{ROOT}codes/000000000000/").status_code for _try in range(21)]

    assert answers == [404] * 20 + [429]
