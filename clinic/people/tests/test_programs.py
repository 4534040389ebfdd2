"""Programs sign in through allauth's headless app client; its token opens the API and sockets."""

import pytest
import time_machine
from asgiref.sync import async_to_sync
from asgiref.testing import ApplicationCommunicator
from django.conf import settings
from django.contrib.sessions.models import Session
from django.core.cache import caches
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from clinic.people.sessions import end_sessions_of
from clinic.people.sockets import SignedInSockets
from clinic.people.tests.factories import PASSWORD, DoctorFactory, PatientFactory
from clinic.people.tests.test_signin import make_account

LOGIN = "/_allauth/app/v1/auth/login"
in_another_thread = pytest.mark.django_db(transaction=True)  # which sees committed rows only
SESSIONS = "/_allauth/app/v1/auth/sessions"


@pytest.fixture
def patient(db):
    return PatientFactory(user=make_account())


@pytest.fixture
def token(client, patient) -> str:
    answer = post(client, LOGIN, {"email": patient.user.email, "password": PASSWORD})
    return answer.json()["meta"]["session_token"]


def post(client, address, body, **headers):
    return client.post(address, body, content_type="application/json", headers=headers)


def call_the_api(token, patient) -> int:
    address = reverse("api:patient-summary", args=[patient.uid])
    return Client().get(address, headers={"x-session-token": token}).status_code


def test_the_token_opens_the_api(token, patient):
    assert call_the_api(token, patient) == 200


def test_a_program_is_known_by_one_look_at_its_session(token, patient):
    with CaptureQueriesContext(connection) as queries:
        call_the_api(token, patient)

    assert sum('FROM "django_session"' in query["sql"] for query in queries) == 1


def test_a_program_makes_tokens_until_some_time_after_it_signed_in(client, patient):
    address = "/api/v1/me/tokens/"
    body = {"name": "Script", "scopes": ["visits:read"], "expires_at": "2026-12-20T08:00:00Z"}
    with time_machine.travel("2026-11-20 08:00Z", tick=False) as clock:
        signed_in = post(client, LOGIN, {"email": patient.user.email, "password": PASSWORD})
        headers, program = {"x-session-token": signed_in.json()["meta"]["session_token"]}, Client()
        made = post(program, address, body, **headers)
        clock.shift(601)
        refused = post(program, address, body, **headers)
        post(program, "/_allauth/app/v1/auth/reauthenticate", {"password": PASSWORD}, **headers)
        again = post(program, address, body, **headers)

    assert (made.status_code, refused.status_code, again.status_code) == (201, 403, 201)


@pytest.mark.parametrize("path", ["metadata", "Patient", "Patient/{uid}"])
def test_the_token_opens_fhir_as_well(token, patient, path):
    address = f"/fhir/R4/{path.format(uid=patient.uid)}"

    answer = Client().get(address, headers={"x-session-token": token})

    assert (answer.status_code, answer["Content-Type"]) == (200, "application/fhir+json; charset=utf-8")


def test_under_fhir_a_wrong_token_is_told_as_an_operation_outcome(db):
    answer = Client().get("/fhir/R4/Patient", headers={"x-session-token": "no-such-session"})

    assert (answer.status_code, answer.json()["issue"][0]["code"]) == (401, "login")


@pytest.mark.parametrize("wrong", ["", "no-such-session", "ä"])
def test_a_wrong_token_opens_nothing(wrong, patient):
    assert call_the_api(wrong, patient) == 401


def test_a_token_whose_session_was_ended_opens_nothing(token, patient):
    end_sessions_of(patient.user)

    assert call_the_api(token, patient) == 401


@pytest.mark.parametrize(
    ("person", "hours", "status"),
    [(DoctorFactory, [13], 401), (DoctorFactory, [11, 11], 200), (PatientFactory, [13], 200)],
    ids=["a doctor's is left idle", "a doctor's is used", "a patient's is left idle"],
)
def test_a_program_that_works_with_records_signs_in_again_when_it_was_left_idle(client, db, person, hours, status):
    user = person(user=make_account()).user
    with time_machine.travel("2026-11-20 08:00Z", tick=False) as clock:
        token = post(client, LOGIN, {"email": user.email, "password": PASSWORD}).json()["meta"]["session_token"]
        for pause in hours:
            clock.shift(pause * 3600)
            caches["process"].clear()  # where things live for a minute by another clock
            answer = Client().get("/api/v1/me/", headers={"x-session-token": token})

    assert answer.status_code == status
    assert Session.objects.filter(session_key=token).exists() == (status == 200)


def test_a_program_sees_its_session_among_those_of_the_user(client, token):
    sessions = client.get(SESSIONS, headers={"x-session-token": token}).json()["data"]

    assert [session["is_current"] for session in sessions] == [True]


def test_a_wrong_password_is_refused(client, patient):
    answer = post(client, LOGIN, {"email": patient.user.email, "password": "wrong-password-1"})

    assert answer.status_code == 400
    assert "session_token" not in answer.json().get("meta", {})


def test_accounts_are_made_in_the_browser_only(client, db):
    answer = post(client, "/_allauth/app/v1/auth/signup", {"email": "robot@example.org", "password": PASSWORD})

    assert answer.status_code == 403


def test_the_browser_client_is_closed(client, db):
    assert client.get("/_allauth/browser/v1/config").status_code == 404


async def tell_who(scope, receive, send) -> None:
    """A socket that says who opened it."""
    await receive()
    await send({"type": "websocket.accept"})
    await send({"type": "websocket.send", "text": str(scope["user"].pk)})


def open_socket(**headers: str) -> str | None:
    """Who a socket with these headers belongs to: "None" for nobody; None if it is refused."""

    async def talk() -> str | None:
        fields = [(name.replace("_", "-").encode(), value.encode()) for name, value in headers.items()]
        scope = {"type": "websocket", "path": "/ws/", "query_string": b"", "headers": fields, "subprotocols": []}
        socket = ApplicationCommunicator(SignedInSockets(tell_who), scope)
        await socket.send_input({"type": "websocket.connect"})
        answer = await socket.receive_output()
        return (await socket.receive_output())["text"] if answer["type"] == "websocket.accept" else None

    return async_to_sync(talk)()


@in_another_thread
def test_the_token_opens_a_socket(token, patient):
    assert open_socket(x_session_token=token) == str(patient.user.pk)


@in_another_thread
def test_a_wrong_token_opens_a_socket_for_nobody(patient):
    assert open_socket(x_session_token="no-such-session") == "None"


@in_another_thread
def test_the_session_cookie_opens_a_socket_from_our_own_pages(client, patient):
    client.force_login(patient.user)

    cookie = f"sessionid={client.session.session_key}"

    assert open_socket(cookie=cookie, origin=settings.PUBLIC_URL) == str(patient.user.pk)
    assert open_socket(cookie=cookie, origin="https://evil.example") is None
    assert open_socket(cookie=cookie) is None
