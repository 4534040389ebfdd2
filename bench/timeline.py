"""What a page of the timeline costs for a patient with 20 and with 500 entries: prints queries and milliseconds.

``python -m clinic.testing python -m bench.timeline``, in a database of its own. Ends with status 1 if the longer record
takes more queries than the shorter one.
"""

import os
import statistics
import time

import django

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "clinic.settings")
django.setup()

from django.core.management import call_command  # noqa: E402  (needs the apps)
from django.db import connection  # noqa: E402
from django.test.utils import CaptureQueriesContext  # noqa: E402
from django.utils import timezone  # noqa: E402

from clinic.people.models import Allergy, Condition, Doctor, Medication, Patient  # noqa: E402
from clinic.people.tests.factories import DoctorFactory, PatientFactory  # noqa: E402
from clinic.record.contents import Record  # noqa: E402

ROUNDS = 50
ENTRIES = (20, 500)
KINDS = (Allergy, Condition, Medication)


def fill(patient: Patient, doctor: Doctor, number: int) -> None:
    """Entries in turn of each kind, until the record has `number` of them."""
    facts = {"patient": patient, "entered_by": doctor.user, "confirmed_by": doctor, "source": "doctor"}
    for position in range(sum(kind.objects.count() for kind in KINDS), number):
        KINDS[position % len(KINDS)].objects.create(name="An entry", detail="of some words", **facts)


def cost(patient: Patient) -> tuple[int, float]:
    """Queries and milliseconds of one page."""
    start = time.perf_counter()
    with CaptureQueriesContext(connection) as queries:
        found = Record(patient, None, timezone.now()).timeline(shown="", page=1)
        assert found.happenings
    return len(queries), (time.perf_counter() - start) * 1000


def main() -> None:
    call_command("migrate", verbosity=0)
    patient, doctor = PatientFactory(), DoctorFactory()
    queries = []
    for number in ENTRIES:
        fill(patient, doctor, number)
        costs = [cost(patient) for _round in range(ROUNDS)]
        milliseconds = statistics.median(spent for _queries, spent in costs)
        print(f"Timeline with {number} entries: {costs[0][0]} queries, median {milliseconds:.1f} ms")
        queries.append(costs[0][0])
    raise SystemExit(queries[1] > queries[0])


if __name__ == "__main__":
    main()
