"""Reminders: how fast the due ones are found among a million visits, and whether a crash loses or repeats any.

``python -m clinic.testing python -m bench.reminders``; with ``find`` or ``crash`` at the end, one of the two parts.

``find`` has 1,000,000 appointments with two reminders each, of which a few hundred are due, and measures the
milliseconds to find them and to claim a batch; the aim is less than 50 ms. In ``crash``, 10,000 messages are due at one
minute: the worker is killed in the middle and Redis is started anew, empty; the sweep does the rest. Counted are the
copies: each message has to leave, no more of them twice than were running at the kill, and no text. Ends with status 1
where this is missed.
"""

import atexit
import os
import shutil
import signal
import statistics
import sys
import tempfile
import time
from collections import Counter
from datetime import timedelta
from email.parser import BytesHeaderParser
from pathlib import Path

from clinic.embedded.redis import Redis

FOLDER = Path(tempfile.mkdtemp(prefix="clinic-bench-"))
atexit.register(shutil.rmtree, FOLDER)
REDIS = Redis(FOLDER / "redis", durable=False)
os.environ |= {"REDIS_URL": REDIS.url, "CLINIC_DATA": str(FOLDER)}  # ours, which may be stopped

from bench.workers import (  # noqa: E402  (reads the settings)
    prepare_database,
    start_worker,
    stop_worker,
    tasks_left,
    visits_to_remind_of,
    wait_until,
)

from django.conf import settings  # noqa: E402  # isort: skip
from django.db import connection, transaction  # noqa: E402  # isort: skip
from django.utils import timezone  # noqa: E402  # isort: skip

from appointments.models import Appointment  # noqa: E402  # isort: skip
from clinic.notices.models import Delivery, Notice, Reminder  # noqa: E402  # isort: skip
from clinic.notices.tasks import announce_left_over, send_due_reminders  # noqa: E402  # isort: skip

MILLION = 1_000_000
AIM_MS = 50
ROUNDS = 20
VISITS, WITH_PHONE = 4_000, 2_000  # a mail to each doctor and patient, and a text to half of the patients
MESSAGES = 2 * VISITS + WITH_PHONE
KILLED_AFTER = 2_000
FILL = """
    SET session_replication_role = replica;  -- what is made here fits together: no key is looked up
    INSERT INTO appointments_appointment (reference, doctor_id, clinic_id, period, status, reason_category, symptoms,
        is_emergency, overbooked, end_reason, end_note, sequence, version, booked_by_id, created_at, updated_at,
        ended_late)
    SELECT 'B' || lpad(n::text, 7, '0'), doctor_id, clinic_id, tstzrange(at, at + interval '20 minutes'), 'confirmed',
        reason_category, symptoms, false, true, '', end_note, 0, 0, booked_by_id, now(), now(), false
    FROM (SELECT n, now() + interval '25 hours' + n * interval '20 seconds' AS at FROM generate_series(1, %s) n) AS n,
        (SELECT * FROM appointments_appointment LIMIT 1) AS one;
    INSERT INTO notices_reminder (appointment_id, starts_at, due_at)
    SELECT id, starts_at, starts_at - before
    FROM appointments_appointment, (VALUES (interval '24 hours'), (interval '15 minutes')) AS offsets (before)
    WHERE reference ~ '^B[0-9]{7}$';
    RESET session_replication_role;
    ANALYZE;
"""


def milliseconds(do: object) -> float:
    start = time.perf_counter()
    do()
    return (time.perf_counter() - start) * 1000


def find_among_a_million() -> bool:
    """Whether they are found in time."""
    now = timezone.now()
    with REDIS.running():  # which hears of the doctor's hours
        visits_to_remind_of(1, starts_at=now + timedelta(days=9), due_at=now + timedelta(days=8))
    with connection.cursor() as cursor:
        cursor.execute(FILL, [MILLION])
    at = now + timedelta(hours=2)  # then some hundred are due
    due = Reminder.objects.due(at)
    find = [
        milliseconds(lambda: list(due.order_by("due_at").values_list("pk", flat=True)[:1000])) for _ in range(ROUNDS)
    ]
    with transaction.atomic():
        take = milliseconds(lambda: Reminder.objects.take(at))
        transaction.set_rollback(True)
    print(f"{Appointment.objects.count():,} appointments, {due.count()} reminders due:")
    print(f"  found in {statistics.median(find):.1f} ms (slowest of {ROUNDS}: {max(find):.1f})")
    print(f"  a batch claimed in {take:.1f} ms")
    Reminder.objects.all().delete()
    return statistics.median(find) < AIM_MS


def copies() -> Counter[tuple[bool, str]]:
    """How often each message left, by whether it is a text and by its name."""
    parser = BytesHeaderParser()
    heads = [parser.parsebytes(path.read_bytes()) for path in settings.EMAIL_OUTBOX.glob("*.eml")]
    return Counter((head["X-Portal-Channel"] == "sms", head["Message-ID"]) for head in heads)


def sent() -> int:
    return len(list(settings.EMAIL_OUTBOX.glob("*.eml")))


def undone() -> int:
    return Delivery.objects.filter(status__in=["queued", "sending", "failed"]).count()


def survive_a_crash() -> bool:
    """Whether each message left, and none too often."""
    now = timezone.now()
    with REDIS.running():
        visits_to_remind_of(VISITS, starts_at=now + timedelta(days=1), due_at=now, with_phone=WITH_PHONE)
        worker = start_worker()
        start = time.monotonic()
        send_due_reminders.delay()
        wait_until(lambda: sent() >= KILLED_AFTER)
        stop_worker(worker, signal.SIGKILL)
        running = Delivery.objects.filter(status="sending").count()
    print(f"Killed after {sent():,} of {MESSAGES:,} messages, {running} being sent; Redis started anew.")
    with REDIS.running():
        worker = start_worker()
        send_due_reminders.delay()
        while Notice.objects.count() < 2 * VISITS or undone():
            Delivery.objects.filter(status__in=["queued", "sending", "failed"]).update(due_at=now)  # ten minutes pass
            announce_left_over.delay()
            wait_until(lambda: tasks_left() == 0)
        seconds = time.monotonic() - start
        stop_worker(worker)
    return tell(running, seconds)


def tell(running: int, seconds: float) -> bool:
    found = copies()
    twice = [name for name, number in found.items() if number > 1]
    texts = [name for is_text, name in twice if is_text]
    doubt = Delivery.objects.filter(status="in_doubt").count()
    print(f"  {len(found):,} of {MESSAGES:,} sent in {seconds:.0f} s, {doubt} shown to staff as in doubt")
    print(f"  {len(twice)} repeated, of {running} that were running at the kill; {len(texts)} of them texts")
    return len(found) + doubt >= MESSAGES and len(twice) <= running and not texts


PARTS = {"find": find_among_a_million, "crash": survive_a_crash}


def main() -> None:
    prepare_database()
    reached = [PARTS[name]() for name in sys.argv[1:] or PARTS]
    raise SystemExit(not all(reached))


if __name__ == "__main__":
    main()
