"""How long the main pages and API calls take with 100,000 appointments, and what the processes cost.

    python -m clinic.testing python -m bench.pages

In a PostgreSQL of its own it makes 100 doctors, 2,000 patients and 100,000 appointments of a year and the coming
weeks. For each page it prints the median and the 95th percentile, the queries it takes, and both times as ratios to an
empty view of the same stack, asked in turn with it. Then it starts each process as production does, and prints after
how long it was ready, and how much memory it has then.
"""

import math
import os
import subprocess
import sys
import time
from collections.abc import Callable
from datetime import timedelta
from statistics import median

import django

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "clinic.settings")
os.environ.setdefault("API_CALLS_PER_MINUTE", "1000000")
django.setup()

import psutil  # noqa: E402  (these need the apps, or stand with what does)
from django.db import connection  # noqa: E402
from django.http import HttpRequest, HttpResponse  # noqa: E402
from django.test import Client, override_settings  # noqa: E402
from django.test.utils import CaptureQueriesContext  # noqa: E402
from django.urls import path, reverse  # noqa: E402
from django.utils import timezone  # noqa: E402

from appointments.models import Appointment  # noqa: E402
from appointments.tests.factories import AppointmentFactory  # noqa: E402
from bench.portal import free_port, prepare, slots, wait_for  # noqa: E402
from clinic import heartbeats  # noqa: E402
from clinic.celery import app  # noqa: E402
from clinic.people.models import Doctor, Patient, User  # noqa: E402
from clinic.people.tests.factories import ClinicFactory, DoctorFactory, PatientFactory, StaffFactory  # noqa: E402
from clinic.urls import urlpatterns as portal  # noqa: E402

APPOINTMENTS, DOCTORS, PATIENTS = 100_000, 100, 2_000
ROUNDS, WARM_UP = 20, 3
COPIES = """
    INSERT INTO appointments_appointment ({columns}, reference, doctor_id, patient_id, period, status)
    SELECT {columns}, 'B' || lpad(n::text, 7, '0'), doctors[1 + n %% %(doctors)s], patients[1 + n %% %(patients)s],
           tstzrange(at, at + interval '20 minutes'), CASE WHEN at < now() THEN 'completed' ELSE 'confirmed' END
    FROM appointments_appointment AS pattern,
         (SELECT array_agg(id) FROM people_doctor) AS d (doctors),
         (SELECT array_agg(id) FROM people_patient) AS p (patients),
         generate_series(1, %(count)s) AS n,
         LATERAL (SELECT now() - interval '380 days' + n / %(doctors)s * interval '9 hours 36 minutes') AS start (at)
    WHERE pattern.id = %(pattern)s
"""
OWN = {"id", "reference", "doctor_id", "patient_id", "period", "status", "slot_id", "starts_at", "ends_at"}


def empty(request: HttpRequest) -> HttpResponse:
    """The stack of the pages, and nothing in it but who asks."""
    return HttpResponse(str(request.user.pk))


urlpatterns = [*portal, path("empty/", empty)]


def fill() -> None:
    """A clinic as it is after a year."""
    clinic = ClinicFactory()
    doctors = DoctorFactory.create_batch(DOCTORS, clinic=clinic)
    PatientFactory.create_batch(PATIENTS)
    pattern = AppointmentFactory(doctor=doctors[0])
    columns = [each.column for each in Appointment._meta.local_fields if each.column not in OWN]
    facts = {"doctors": DOCTORS, "patients": PATIENTS, "count": APPOINTMENTS, "pattern": pattern.pk}
    with connection.cursor() as cursor:
        cursor.execute(COPIES.format(columns=", ".join(columns)), facts)
        cursor.execute("VACUUM ANALYZE")
    slots(doctors, 5_000)
    print(f"{Appointment.objects.count():,} appointments of {DOCTORS} doctors and {PATIENTS:,} patients")


def browser_of(user: User | None) -> Client:
    browser = Client()
    if user is not None:
        browser.force_login(user)
    return browser


def pages() -> list[tuple[str, User | None, str]]:
    """The main pages and calls: what it is, who asks, and the address."""
    doctor, patient = Doctor.objects.earliest("pk"), Patient.objects.earliest("pk")
    theirs = Appointment.objects.filter(patient=patient).latest("starts_at")
    day = timezone.localdate() + timedelta(days=2)
    staff = StaffFactory()
    return [
        ("Find a doctor", None, reverse("find")),
        ("A doctor's times", None, reverse("doctors:detail", args=[doctor.slug])),
        ("A patient's home", patient.user, reverse("appointments:list")),
        ("A patient's past visits", patient.user, reverse("appointments:past")),
        ("An appointment", patient.user, reverse("appointments:detail", args=[theirs.reference])),
        ("A patient's record", patient.user, reverse("record:own")),
        ("A doctor's day", doctor.user, reverse("doctor:today")),
        ("A doctor's requests", doctor.user, reverse("doctor:requests")),
        ("The desk", staff, reverse("admin:index")),
        ("Appointments in the admin", staff, reverse("admin:appointments_appointment_changelist")),
        ("... searched by name", staff, reverse("admin:appointments_appointment_changelist") + "?q=Surname17"),
        ("API: a doctor's slots", None, f"{reverse('api:doctor-slots', args=[doctor.slug])}?from={day}"),
        ("API: a patient's appointments", patient.user, reverse("api:appointment-list")),
        ("API: a doctor's appointments", doctor.user, reverse("api:appointment-list") + "?as=doctor"),
        ("API: one appointment", patient.user, reverse("api:appointment-detail", args=[theirs.reference])),
    ]


def times_ms(*calls: Callable[[], object]) -> list[list[float]]:
    """How long each of ROUNDS calls took, in order; in turn, so that what else the computer does slows all alike."""
    took: list[list[float]] = [[] for _call in calls]
    for _round in range(WARM_UP + ROUNDS):
        for each, call in zip(took, calls, strict=True):
            start = time.perf_counter()
            call()
            each.append((time.perf_counter() - start) * 1000)
    return [sorted(each[WARM_UP:]) for each in took]


def p95(times: list[float]) -> float:
    return times[math.ceil(0.95 * len(times)) - 1]


def measure(name: str, user: User | None, address: str) -> None:
    """Print one line."""
    browser = browser_of(user)
    assert browser.get(address).status_code == 200, address
    with CaptureQueriesContext(connection) as queries:
        browser.get(address)
        count = len(queries)  # the next request forgets them
    page, nothing = times_ms(lambda: browser.get(address), lambda: browser.get("/empty/"))
    ratios = f"{median(page) / median(nothing):4.1f} and {p95(page) / p95(nothing):4.1f} times the empty view"
    print(f"{name:30} p50 {median(page):6.1f} ms, p95 {p95(page):6.1f} ms, {count:2} queries, {ratios}")


# Processes


def memory_mb(process: subprocess.Popen[bytes]) -> float:
    """What it and its children hold for themselves alone."""
    parent = psutil.Process(process.pid)
    return sum(each.memory_full_info().uss for each in (parent, *parent.children(recursive=True))) / 1e6


def weigh(name: str, command: list[str], is_ready: Callable[[], bool]) -> None:
    """Start one process, wait until it is ready, print how long that took and its memory, and end it."""
    start = time.perf_counter()
    process = subprocess.Popen([sys.executable, "-m", *command], stderr=subprocess.DEVNULL, stdout=subprocess.DEVNULL)
    try:
        while not is_ready():
            time.sleep(0.02)
        took = time.perf_counter() - start
        time.sleep(1)
        print(f"{name:30} ready after {took:4.1f} s, {memory_mb(process):5.0f} MB")
    finally:
        process.terminate()
        process.wait(30)


def answers(port: int) -> Callable[[], bool]:
    def ask() -> bool:
        wait_for(port)
        return True

    return ask


def is_heard() -> bool:
    return heartbeats.seconds_since()[heartbeats.BEAT] is not None


def works() -> bool:
    return bool(app.control.ping(timeout=0.2))


def processes() -> None:
    web, live = free_port(), free_port()
    served = ["--workers=2", "--threads=8", "--log-level=error", "--no-control-socket"]
    weigh("web (2 workers of 8 threads)", ["gunicorn", "clinic.wsgi", f"--bind=127.0.0.1:{web}", *served], answers(web))
    weigh("live", ["uvicorn", "clinic.asgi:application", f"--port={live}", "--log-level=error"], answers(live))
    weigh("beat", ["celery", "-A", "clinic", "beat", "--loglevel=ERROR"], is_heard)
    worker = ["celery", "-A", "clinic", "worker", "--concurrency=2", "--loglevel=ERROR"]
    weigh("worker (2 processes)", worker, works)


def main() -> None:
    prepare()
    fill()
    with override_settings(ROOT_URLCONF="bench.pages", DEBUG=False, ALLOWED_HOSTS=["*"]):
        for each in pages():
            measure(*each)
    processes()


if __name__ == "__main__":
    main()
