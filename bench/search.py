"""How fast searches are on 1.5 million slots, against the same SQL sent by hand and an empty view of the same stack.

    python -m clinic.testing python -m bench.search

In a PostgreSQL of its own it makes 1,000 doctors who have 25 slots on each of 60 days, and prints for each search its
95th percentile, that of its SQL, that of the empty view, and the ratio of the first to the sum of the other two.
"""

import gc
import math
import os
import time
from collections.abc import Callable
from datetime import timedelta
from itertools import cycle

import django

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "clinic.settings")
os.environ.setdefault("API_CALLS_PER_MINUTE", "1000000")
django.setup()

from django.db import connection  # noqa: E402  (needs the apps)
from django.test import Client, override_settings  # noqa: E402
from django.test.utils import CaptureQueriesContext  # noqa: E402
from django.urls import path  # noqa: E402
from django.utils import timezone  # noqa: E402
from rest_framework.permissions import AllowAny  # noqa: E402
from rest_framework.request import Request  # noqa: E402
from rest_framework.response import Response  # noqa: E402
from rest_framework.views import APIView  # noqa: E402

from bench.portal import prepare  # noqa: E402
from clinic.people.models import Doctor, Specialty  # noqa: E402
from clinic.people.tests.factories import ClinicFactory, DoctorFactory, SpecialtyFactory  # noqa: E402
from clinic.urls import urlpatterns as portal  # noqa: E402

DOCTORS, DAYS, SLOTS_A_DAY, SPECIALTIES = 1000, 60, 25, 20
ROUNDS, WARM_UP = 300, 30
SLOTS = """
    INSERT INTO appointments_slot (uid, doctor_id, is_single, period, status, held_by)
    SELECT md5(doctor.id || ' ' || day || ' ' || place)::char(16), doctor.id, false,
           tstzrange(at, at + interval '20 minutes'), 'open', ''
    FROM people_doctor AS doctor, generate_series(1, %s) AS day, generate_series(1, %s) AS place,
         LATERAL (SELECT current_date + day * interval '1 day' + place * interval '25 minutes') AS start (at)
"""


class EmptyView(APIView):
    """The stack of the searches, and nothing in it."""

    permission_classes = [AllowAny]

    def get(self, request: Request) -> Response:
        return Response({})


urlpatterns = [*portal, path("empty/", EmptyView.as_view())]


def fill() -> None:
    """A thousand doctors, each with one of twenty specialties, and their slots."""
    specialties = [SpecialtyFactory(slug=f"specialty-{n}") for n in range(SPECIALTIES)]
    clinic = ClinicFactory(horizon_days=DAYS)
    for _n, specialty in zip(range(DOCTORS), cycle(specialties), strict=False):
        DoctorFactory(clinic=clinic, specialties=[specialty])
    with connection.cursor() as cursor:  # nothing is booked here, and without its constraint the table fills faster
        cursor.execute("ALTER TABLE appointments_slot DROP CONSTRAINT slot_doctor_never_twice")
        cursor.execute(SLOTS, [DAYS, SLOTS_A_DAY])
        cursor.execute("VACUUM ANALYZE")
        cursor.execute("SELECT count(*) FROM appointments_slot")
        print(f"{cursor.fetchone()[0]:,} slots of {DOCTORS:,} doctors on {DAYS} days")


def p95_ms(*kinds: list[Callable[[], object]]) -> list[float]:
    """The 95th percentile of ROUNDS calls of each kind, all in turn: what else the computer does slows all alike."""
    times: list[list[float]] = [[] for _kind in kinds]
    for number in range(WARM_UP + ROUNDS):
        for took, calls in zip(times, kinds, strict=True):
            start = time.perf_counter()
            calls[number % len(calls)]()
            took.append((time.perf_counter() - start) * 1000)
    return [sorted(took[WARM_UP:])[math.ceil(0.95 * ROUNDS) - 1] for took in times]


def get(address: str) -> Callable[[], object]:
    def call() -> object:
        response = client.get(address)
        assert response.status_code == 200, response.content
        return response

    return call


def sql_of(address: str) -> Callable[[], object]:
    """The statements of a search, sent by hand; their rows are fetched."""
    with CaptureQueriesContext(connection) as queries:
        get(address)()
    statements = [query["sql"] for query in queries if query["sql"].startswith("SELECT")]
    assert sum('FROM "appointments_slot"' in sql for sql in statements) == 1, statements

    def call() -> None:
        with connection.cursor() as cursor:
            for sql in statements:
                cursor.execute(sql)
                cursor.fetchall()

    return call


def compare(name: str, addresses: list[str]) -> float:
    """Print one line, and give the ratio. The addresses vary, that no plan or page is warm by chance."""
    views, statements = [get(address) for address in addresses], [sql_of(address) for address in addresses]
    view, sql, empty = p95_ms(views, statements, [get("/empty/")])
    ratio = view / (sql + empty)
    print(f"{name}: p95 {view:.1f} ms; its SQL {sql:.1f} ms + empty view {empty:.1f} ms; ratio {ratio:.2f} (at most 2)")
    return ratio


def main() -> None:
    prepare()
    fill()
    gc.freeze()  # as clinic.wsgi does once it has loaded
    soon = timezone.localdate() + timedelta(days=7)
    specialties = Specialty.objects.values_list("slug", flat=True)
    doctors = Doctor.objects.values_list("slug", flat=True)[:40]
    compare("First 20 open slots of a specialty", [f"/api/v1/slots/?limit=20&specialty={slug}" for slug in specialties])
    days = [(slug, soon + timedelta(days=n)) for n, slug in enumerate(doctors)]
    compare(
        "Open slots of a doctor on a day", [f"/api/v1/doctors/{slug}/slots/?day={day}&limit=100" for slug, day in days]
    )


if __name__ == "__main__":
    client = Client()
    with override_settings(ROOT_URLCONF="bench.search", DEBUG=False, ALLOWED_HOSTS=["*"]):
        main()
