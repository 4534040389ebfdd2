"""How fast a FHIR search of 50 appointments is, against the same SQL and json.dumps behind an empty view.

    python -m clinic.testing python -m bench.fhir

In a PostgreSQL of its own it makes a doctor with 200 appointments, and the page of 50 that the doctor's program asks
for. The empty view stands in the same stack, with the same sign-in; it runs the statements that the search has sent,
and turns the same content into JSON. Printed are medians and 95th percentiles of both, and their ratio.
"""

import json
import os
import statistics
import time
from collections.abc import Callable
from typing import Any

import django

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "clinic.settings")
django.setup()

from django.db import connection  # noqa: E402  (needs the apps)
from django.http import HttpResponse  # noqa: E402
from django.test import Client, override_settings  # noqa: E402
from django.test.utils import CaptureQueriesContext  # noqa: E402
from django.urls import path  # noqa: E402
from rest_framework.request import Request  # noqa: E402
from rest_framework.views import APIView  # noqa: E402

from appointments.tests.factories import AppointmentFactory  # noqa: E402
from bench.portal import prepare  # noqa: E402
from clinic.people.tests.factories import DoctorFactory, PatientFactory, SpecialtyFactory  # noqa: E402
from clinic.urls import urlpatterns as portal  # noqa: E402

APPOINTMENTS, PATIENTS, ROUNDS, WARM_UP = 200, 20, 300, 30
SEARCH = "/fhir/R4/Appointment?_count=50"
OWN = ("SELECT", "INSERT")  # of the search itself; the sign-in is asked for by both
same: dict[str, Any] = {"statements": [], "content": {}}


class EmptyView(APIView):
    """The stack of the search; no more in it than its statements, and its content as JSON."""

    def get(self, request: Request) -> HttpResponse:
        with connection.cursor() as cursor:
            for sql in same["statements"]:
                cursor.execute(sql)
                cursor.fetchall() if cursor.description else None
        return HttpResponse(json.dumps(same["content"]), content_type="application/fhir+json")


urlpatterns = [*portal, path("empty/", EmptyView.as_view())]


def fill() -> Any:
    """The doctor whose program asks."""
    doctor = DoctorFactory(specialties=[SpecialtyFactory()])
    patients = PatientFactory.create_batch(PATIENTS)
    for number in range(APPOINTMENTS):
        AppointmentFactory(doctor=doctor, patient=patients[number % PATIENTS])
    with connection.cursor() as cursor:
        cursor.execute("VACUUM ANALYZE")
    return doctor.user


def learn(client: Client) -> None:
    """Note what the search sends to the database beyond what every call does, and what it answers."""
    client.get("/empty/")
    with CaptureQueriesContext(connection) as of_all:
        client.get("/empty/")
    with CaptureQueriesContext(connection) as queries:
        response = client.get(SEARCH)
    sent = [query["sql"] for query in queries if query["sql"].startswith(OWN)]
    same["statements"] = sent[sum(query["sql"].startswith(OWN) for query in of_all) :]
    same["content"] = response.json()
    assert len(same["content"]["entry"]) == 50


def times_ms(*calls: Callable[[], object]) -> list[list[float]]:
    """How long each call took, all in turn: what else the computer does slows all alike."""
    took: list[list[float]] = [[] for _call in calls]
    for number in range(WARM_UP + ROUNDS):
        for times, call in zip(took, calls, strict=True):
            start = time.perf_counter()
            call()
            if number >= WARM_UP:
                times.append((time.perf_counter() - start) * 1000)
    return took


def main() -> None:
    prepare()
    client = Client()
    client.force_login(fill())
    learn(client)
    search, empty = times_ms(lambda: client.get(SEARCH), lambda: client.get("/empty/"))
    for name, took in (("FHIR search of 50 appointments", search), ("its SQL, json.dumps, empty view", empty)):
        print(f"{name}: median {statistics.median(took):.1f} ms, p95 {statistics.quantiles(took, n=20)[-1]:.1f} ms")
    print(f"{len(same['statements'])} statements; ratio {statistics.median(search) / statistics.median(empty):.2f}")


if __name__ == "__main__":
    with override_settings(ROOT_URLCONF="bench.fhir", DEBUG=False, ALLOWED_HOSTS=["*"]):
        main()
