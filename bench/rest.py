"""What a page of 50 appointments costs over the API, against the same SQL and json.dumps behind an empty view.

    python -m clinic.testing python -m bench.rest

In a PostgreSQL of its own it makes a patient with 200 appointments. It prints the medians of the call and of the plain
view in the same stack (signed in by the same token), and their ratio.
"""

import json
import os
import statistics
import time
from collections.abc import Callable
from datetime import timedelta

import django

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "clinic.settings")
os.environ.setdefault("API_CALLS_PER_MINUTE", "1000000")
django.setup()

from django.db import connection  # noqa: E402  (needs the apps)
from django.http import HttpResponse  # noqa: E402
from django.test import Client, override_settings  # noqa: E402
from django.test.utils import CaptureQueriesContext  # noqa: E402
from django.urls import path  # noqa: E402
from django.utils import timezone  # noqa: E402
from rest_framework.request import Request  # noqa: E402
from rest_framework.views import APIView  # noqa: E402

from appointments.tests.factories import AppointmentFactory  # noqa: E402
from bench.portal import prepare  # noqa: E402
from clinic.people.models import ApiToken, User  # noqa: E402
from clinic.people.models.tokens import Area, Scope  # noqa: E402
from clinic.people.tests.factories import DoctorFactory, PatientFactory, SpecialtyFactory  # noqa: E402
from clinic.urls import urlpatterns as portal  # noqa: E402

ADDRESS = "/api/v1/appointments/?limit=50"
APPOINTMENTS, ROUNDS, WARM_UP = 200, 100, 10
statements: list[str] = []


class PlainView(APIView):
    """Who calls is looked up as ever; then the statements of the call are run, and what they return is dumped."""

    area = Area.VISITS

    def get(self, request: Request) -> HttpResponse:
        found = []
        with connection.cursor() as cursor:
            for statement in statements:
                cursor.execute(statement)
                found.append(cursor.fetchall())
        return HttpResponse(json.dumps(found, default=str), content_type="application/json")


urlpatterns = [*portal, path("plain/", PlainView.as_view())]


def fill() -> User:
    """A patient with appointments in a row, at ten doctors."""
    patient, at = PatientFactory(), timezone.now()
    doctors = [DoctorFactory(specialties=[SpecialtyFactory()]) for _n in range(10)]
    for n in range(APPOINTMENTS):
        begins = at + timedelta(days=1, minutes=30 * n)
        AppointmentFactory(patient=patient, doctor=doctors[n % 10], begins=begins, symptoms="Dizzy when I stand up")
    return patient.user


def headers_of(user: User) -> dict[str, str]:
    at = timezone.now()
    facts = {"scopes": Scope.values, "expires_at": at + timedelta(days=1), "at": at}
    return {"Authorization": f"Bearer {ApiToken.objects.make(user, name='bench', **facts)[1]}"}


def statements_of(get: Callable[[str], bytes]) -> list[str]:
    """What the call asks of the database, but for who calls."""
    get(ADDRESS)
    with CaptureQueriesContext(connection) as queries:
        get(ADDRESS)
    return [each["sql"] for each in queries.captured_queries if "people_apitoken" not in each["sql"]]


def median_ms(get: Callable[[str], bytes], address: str) -> float:
    spent = []
    for turn in range(WARM_UP + ROUNDS):
        start = time.perf_counter()
        get(address)
        if turn >= WARM_UP:
            spent.append((time.perf_counter() - start) * 1000)
    return statistics.median(spent)


@override_settings(ROOT_URLCONF="bench.rest", ALLOWED_HOSTS=["testserver"])
def main() -> None:
    prepare()
    browser, headers = Client(), headers_of(fill())

    def get(address: str) -> bytes:
        answer = browser.get(address, headers=headers)
        assert answer.status_code == 200, answer.content
        return answer.content

    assert len(json.loads(get(ADDRESS))["results"]) == 50
    statements.extend(statements_of(get))
    call, plain = median_ms(get, ADDRESS), median_ms(get, "/plain/")
    print(f"List of 50 appointments: {len(statements)} statements, median {call:.1f} ms")
    print(f"The same SQL and json.dumps behind an empty view: median {plain:.1f} ms; ratio {call / plain:.2f}")


if __name__ == "__main__":
    main()
