"""What a page of the timeline costs for a patient with 20 and with 500 entries: prints queries and milliseconds.

Run on the demo's data: ``python -m clinic.run python -m bench.timeline``. Leaves nothing behind.
"""

import os
import statistics
import time

import django

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "clinic.settings")
django.setup()

from django.db import connection, transaction  # noqa: E402  (needs the apps)
from django.test.utils import CaptureQueriesContext  # noqa: E402
from django.utils import timezone  # noqa: E402

from clinic.people.models import Allergy, Condition, Doctor, Medication, Patient  # noqa: E402
from clinic.record.contents import Record  # noqa: E402

ROUNDS = 20
KINDS = (Allergy, Condition, Medication)


def fill(patient: Patient, doctor: Doctor, number: int) -> None:
    at = timezone.now()
    facts = {"patient": patient, "entered_by": doctor.user, "confirmed_by": doctor, "source": "doctor"}
    for model in KINDS:
        rows = [model(name="An entry", detail="of some words", entered_at=at, **facts) for _each in range(number // 3)]
        model.objects.bulk_create(rows)


def cost(patient: Patient) -> tuple[int, float]:
    """Queries and milliseconds of one page."""
    start = time.perf_counter()
    with CaptureQueriesContext(
        connection,
    ) as queries:
        found = Record(patient, None, timezone.now()).timeline(shown="", page=1)
        assert found.happenings
    return len(queries), (time.perf_counter() - start) * 1000


def main() -> None:
    patient, doctor = Patient.objects.first(), Doctor.objects.first()
    if patient is None or doctor is None:
        raise SystemExit("There is nobody here: load the demo first.")
    with transaction.atomic():
        for number in (21, 480):
            fill(patient, doctor, number)
            costs = [cost(patient) for _round in range(ROUNDS)]
            milliseconds = statistics.median(spent for _queries, spent in costs)
            print(f"Timeline with {number} more entries: {costs[0][0]} queries, median {milliseconds:.1f} ms")
        transaction.set_rollback(True)


if __name__ == "__main__":
    main()
