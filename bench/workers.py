"""A Celery worker, what is left in its queue, and many visits to remind of; for the benchmarks of notices."""

import os
import signal
import subprocess
import sys
import time
from collections.abc import Callable
from datetime import date, datetime, timedelta

import django
from redis import Redis

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "clinic.settings")
django.setup()

from django.conf import settings  # noqa: E402  (all of these need the apps)
from django.core.management import call_command  # noqa: E402

from appointments.models import Appointment  # noqa: E402
from appointments.tests.factories import period_from  # noqa: E402
from clinic.codes import uid  # noqa: E402
from clinic.notices.models import Reminder  # noqa: E402
from clinic.people.models import Patient, User  # noqa: E402
from clinic.people.tests.factories import ClinicFactory, DoctorFactory  # noqa: E402
from televisit.models import Visit  # noqa: E402

PROCESSES = 2
BIRTH_DATE = date(1980, 5, 17)
COMMAND = ["-m", "celery", "-A", "clinic", "worker", f"--concurrency={PROCESSES}", "--loglevel=ERROR"]


def start_worker(**variables: str) -> subprocess.Popen[bytes]:
    return subprocess.Popen(
        [sys.executable, *COMMAND],
        env=os.environ | variables,
        start_new_session=True,
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
    )


def stop_worker(worker: subprocess.Popen[bytes], how: signal.Signals = signal.SIGTERM) -> None:
    """With SIGKILL nothing is finished: the pool's processes end with their parent."""
    worker.send_signal(how)
    worker.wait(60)


def tasks_left() -> int:
    """Waiting and running, as Redis has them."""
    with Redis.from_url(settings.REDIS_URL) as client:
        return int(client.llen("celery")) + int(client.hlen("unacked"))


def wait_until(is_done: Callable[[], bool], *, seconds: float = 900) -> None:
    ends = time.monotonic() + seconds
    while not is_done():
        if time.monotonic() > ends:
            raise SystemExit("It does not end.")
        time.sleep(0.05)


def prepare_database() -> None:
    call_command("migrate", verbosity=0)


def visits_to_remind_of(number: int, *, starts_at: datetime, due_at: datetime, with_phone: int = 0) -> None:
    """Confirmed visits of as many patients, each with one reminder; the first `with_phone` have a mobile number."""
    doctor = DoctorFactory(clinic=ClinicFactory())
    users = User.objects.bulk_create(
        User(email=f"{uid()}@example.org", given_name="P", family_name=str(n), phone=phone(n) if n < with_phone else "")
        for n in range(number)
    )
    patients = Patient.objects.bulk_create(
        Patient(user=user, given_name="P", family_name=user.family_name, birth_date=BIRTH_DATE) for user in users
    )
    facts = {"doctor": doctor, "clinic": doctor.clinic, "status": "confirmed", "overbooked": True}
    period = period_from(starts_at)
    appointments = Appointment.objects.bulk_create(
        Appointment(patient=patient, booked_by=patient.user, period=period, **facts) for patient in patients
    )
    hours = {"opens_at": starts_at - timedelta(minutes=15), "expires_at": starts_at + timedelta(hours=1)}
    Visit.objects.bulk_create(
        Visit(appointment=each, clinic=doctor.clinic, host=doctor, **hours) for each in appointments
    )
    Reminder.objects.bulk_create(
        Reminder(appointment=each, starts_at=starts_at, due_at=due_at) for each in appointments
    )


def phone(number: int) -> str:
    return f"+3519120{number:05}"
