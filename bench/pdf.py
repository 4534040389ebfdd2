"""How long a prescription's PDF takes, from the database to bytes: prints the median in milliseconds.

``python -m clinic.run python -m bench.pdf`` on the demo's data. No two are alike: Typst remembers what it has set.
"""

import os
import statistics
import time

import django

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "clinic.settings")
django.setup()

from clinic.codes import uid  # noqa: E402  (needs the apps)
from prescriptions import pdf  # noqa: E402
from prescriptions.models import Prescription  # noqa: E402

ROUNDS = 50


def milliseconds(reference: str, advice: str) -> float:
    """The time to read one prescription and to set it, with other words than any before it."""
    start = time.perf_counter()
    prescription = Prescription.objects.with_parties().get(reference=reference)
    prescription.advice, prescription.code = advice, uid()
    pdf.render(prescription)
    return (time.perf_counter() - start) * 1000


def main() -> None:
    references = list(Prescription.objects.given().values_list("reference", flat=True)[:ROUNDS])
    if not references:
        raise SystemExit("There is no issued prescription: load the demo first.")
    milliseconds(references[0], "Rest.")  # reads the fonts
    times = [milliseconds(references[n % len(references)], f"Rest for {n + 2} days.") for n in range(ROUNDS)]
    print(f"PDF of a prescription: median {statistics.median(times):.1f} ms, slowest {max(times):.1f} ms of {ROUNDS}")


if __name__ == "__main__":
    main()
