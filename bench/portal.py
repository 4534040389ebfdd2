"""What the benchmarks of booking share: an empty clinic, the portal as it runs in production, and clients on loopback.

Run them as ``python -m clinic.testing python -m bench.booking``: PostgreSQL and Redis of their own, gone at the end.
"""

import json
import os
import socket
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from http.client import HTTPConnection
from typing import Any

import django

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "clinic.settings")
os.environ.setdefault("API_CALLS_PER_MINUTE", "1000000")
os.environ.setdefault("SECOND_FACTOR_REQUIRED", "0")  # its people have none
django.setup()

from django.core.management import call_command  # noqa: E402  (needs the apps)
from django.db.backends.postgresql.psycopg_any import DateTimeTZRange  # noqa: E402
from django.test import Client as Browser  # noqa: E402
from django.utils import timezone  # noqa: E402

from appointments.models import Slot  # noqa: E402
from clinic.people.models import Doctor, Patient, User  # noqa: E402
from clinic.people.tests.factories import ClinicFactory, DoctorFactory, PatientFactory  # noqa: E402

CLIENTS = 8
LENGTH = timedelta(minutes=20)


@dataclass
class Client:
    """Somebody with a session and one open connection."""

    patient: Patient
    token: str
    port: int
    connection: HTTPConnection = field(init=False)

    def __post_init__(self) -> None:
        self.connection = HTTPConnection("127.0.0.1", self.port, timeout=60)

    def post(self, path: str, body: Any, **headers: str) -> int:
        """The status of the answer."""
        headers |= {"Content-Type": "application/json", "X-Session-Token": self.token}
        self.connection.request("POST", path, json.dumps(body), headers)
        answer = self.connection.getresponse()
        answer.read()
        return answer.status


def prepare() -> None:
    call_command("migrate", verbosity=0)


def session_of(user: User) -> str:
    browser = Browser()
    browser.force_login(user)
    return browser.session.session_key


def clients(port: int) -> list[Client]:
    patients = PatientFactory.create_batch(CLIENTS)
    return [Client(patient, session_of(patient.user), port) for patient in patients]


def doctors(count: int) -> list[Doctor]:
    clinic = ClinicFactory(open_appointments_limit=32767, horizon_days=365)
    return DoctorFactory.create_batch(count, clinic=clinic)


def slots(doctors: list[Doctor], count: int, *, start: datetime | None = None) -> list[Slot]:
    """Open slots, one after the other in time, the doctors in turn."""
    start = start or timezone.now().replace(minute=0, second=0, microsecond=0) + timedelta(days=1)
    periods = [DateTimeTZRange(start + n * LENGTH, start + (n + 1) * LENGTH) for n in range(count)]
    rows = [Slot(doctor=doctors[n % len(doctors)], period=period) for n, period in enumerate(periods)]
    return Slot.objects.bulk_create(rows)


@contextmanager
def running(application: str = "clinic.wsgi", **variables: str) -> Iterator[int]:
    """The port of the portal, as the Dockerfile starts it."""
    port = free_port()
    command = [sys.executable, "-m", "gunicorn", application, f"--bind=127.0.0.1:{port}", "--workers=2"]
    command += ["--threads=8", "--log-level=error", "--keep-alive=300", "--no-control-socket"]
    facts = {"DEBUG": "0", "PUBLIC_URL": "https://127.0.0.1", "SSL_REDIRECT": "0", "ALLOWED_HOSTS": "127.0.0.1"}
    server = subprocess.Popen(command, env=os.environ | facts | variables)
    try:
        wait_for(port)
        yield port
    finally:
        server.terminate()
        server.wait(30)


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return probe.getsockname()[1]


def wait_for(port: int, *, seconds: int = 20) -> None:
    """Until the portal answers and is well."""
    for _try in range(seconds * 10):
        try:
            connection = HTTPConnection("127.0.0.1", port, timeout=10)
            connection.request("GET", "/health/live")
            if connection.getresponse().status == 200:
                return
        except OSError:
            pass
        time.sleep(0.1)
    raise SystemExit("The portal does not answer.")


def all_at_once(pool: ThreadPoolExecutor, calls: list[Callable[[], Any]]) -> list[Any]:
    """What the calls give, each made in a thread of its own."""
    return [future.result() for future in [pool.submit(call) for call in calls]]
