"""The containers' own commands, run here against real PostgreSQL and Redis."""

import json
from http.client import HTTPConnection

import pytest
from websockets.exceptions import InvalidStatus
from websockets.sync.client import connect

from clinic.embedded import services
from tests.compose import VARIABLES, Deployment, dockerfile_step

HOST = VARIABLES["CLINIC_DOMAIN"]
TWO_PARTIES = """
import json
from django.conf import settings
from django.test import Client
from appointments.tests.factories import booked
from clinic.people import second_factor

def cookie(user):
    client = Client()
    client.force_login(user)
    session = client.session
    second_factor.take(user, session)
    session.save()
    return f"{settings.SESSION_COOKIE_NAME}={client.cookies[settings.SESSION_COOKIE_NAME].value}"

appointment = booked()
users = [appointment.doctor.user, appointment.patient.user]
print(json.dumps({"reference": appointment.reference, "cookies": [cookie(user) for user in users]}))
"""
WRITE = """
from appointments.models import Appointment
from chat.tests.factories import written

written(Appointment.objects.get(reference="%s"))
"""


@pytest.fixture(scope="module")
def deployment(reachable_folders):
    folder = reachable_folders()
    with pytest.MonkeyPatch.context() as monkeypatch:
        monkeypatch.delenv("DATABASE_URL")
        monkeypatch.delenv("REDIS_URL")
        with services(folder, durable=False) as found:
            deployment = Deployment(found, folder)
            deployment.run(dockerfile_step("collectstatic"))
            deployment.run(deployment.services["migrate"]["command"])
            yield deployment
            deployment.stop()


@pytest.fixture(scope="module")
def web(deployment):
    return deployment.start("web")


@pytest.fixture(scope="module")
def lives(deployment):
    return [deployment.start("live"), deployment.start("live")]


def get(port, path, *, scheme="https", **more):
    """The answer to a request that the proxy passes on."""
    headers = {"Host": HOST, "X-Forwarded-Proto": scheme, "X-Forwarded-For": "198.51.100.7", **more}
    connection = HTTPConnection("127.0.0.1", port, timeout=20)
    connection.request("GET", path, headers=headers)
    response = connection.getresponse()
    response.body = response.read().decode()
    connection.close()
    return response


def test_gunicorn_serves_pages_and_their_files(web):
    page = get(web, "/")
    assert page.status == 200

    stylesheet = next(part for part in page.body.split('"') if part.startswith("/static/") and part.endswith(".css"))
    answer = get(web, stylesheet)

    assert answer.status == 200
    assert "immutable" in answer.getheader("Cache-Control")


def test_plain_http_is_sent_to_https(web):
    answer = get(web, "/", scheme="http")

    assert answer.status == 301
    assert answer.getheader("Location") == f"https://{HOST}/"


def test_debugging_is_off(web):
    answer = get(web, "/nowhere/")

    assert answer.status == 404
    assert "DEBUG" not in answer.body


def test_two_live_processes_serve_the_two_sides_of_an_appointment(deployment, lives):
    parties = json.loads(deployment.run(["python", "manage.py", "shell", "--no-imports", "--command", TWO_PARTIES]))
    addresses = [f"ws://127.0.0.1:{port}/ws/appointments/{parties['reference']}/" for port in lives]
    doctor, patient = (
        connect(address, origin=f"https://{HOST}", additional_headers={"Cookie": cookie})
        for address, cookie in zip(addresses, parties["cookies"], strict=True)
    )

    with doctor, patient:
        deployment.run(["python", "manage.py", "shell", "--no-imports", "--command", WRITE % parties["reference"]])

        assert json.loads(doctor.recv(timeout=20)) == {"message": 1}
        assert json.loads(patient.recv(timeout=20)) == {"message": 1}


def test_a_socket_from_another_site_is_refused(lives):
    with pytest.raises(InvalidStatus, match="403"):
        connect(f"ws://127.0.0.1:{lives[0]}/ws/notices/", origin="https://elsewhere.example")


@pytest.mark.parametrize("name", ["worker", "beat"])
def test_the_background_services_become_healthy(deployment, name):
    deployment.start(name)
