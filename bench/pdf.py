"""How long a prescription's PDF takes, from the database to bytes: prints the median in milliseconds.

``python -m clinic.testing python -m bench.pdf``, in a database of its own. No two are alike: Typst remembers what
it has set. Ends with status 1 if the median is 60 ms or more.
"""

import os
import statistics
import time

import django

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "clinic.settings")
django.setup()

from django.core.management import call_command  # noqa: E402  (needs the apps)

from clinic.codes import uid  # noqa: E402
from prescriptions import pdf  # noqa: E402
from prescriptions.models import Prescription  # noqa: E402
from prescriptions.tests.factories import MEDICINE, issued  # noqa: E402

ROUNDS = 50
MEDICINES = (1, 2, 4)  # on a prescription, in turn
AIM_MS = 60


def milliseconds(reference: str, advice: str) -> float:
    """The time to read one prescription and to set it, with other words than any before it."""
    start = time.perf_counter()
    prescription = Prescription.objects.with_parties().get(reference=reference)
    prescription.advice, prescription.code = advice, uid()
    pdf.render(prescription)
    return (time.perf_counter() - start) * 1000


def main() -> None:
    call_command("migrate", verbosity=0)
    references = [issued(medicines=[MEDICINE] * number).reference for number in MEDICINES]
    milliseconds(references[0], "Rest.")  # reads the fonts
    times = [milliseconds(references[n % len(references)], f"Rest for {n + 2} days.") for n in range(ROUNDS)]
    median = statistics.median(times)
    print(f"PDF of a prescription: median {median:.1f} ms, slowest {max(times):.1f} ms of {ROUNDS}")
    raise SystemExit(median >= AIM_MS)


if __name__ == "__main__":
    main()
