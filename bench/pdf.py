"""How long a prescription's PDF takes, from the database to bytes: prints the median in milliseconds.

Run ``make shell`` style on the demo's data: ``python -m clinic.run python -m bench.pdf``.
"""

import os
import statistics
import time

import django

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "clinic.settings")
django.setup()

from prescriptions import pdf  # noqa: E402  (needs the apps)
from prescriptions.models import Prescription  # noqa: E402

ROUNDS = 50


def milliseconds(reference: str) -> float:
    """The time to read one prescription and to set it."""
    start = time.perf_counter()
    pdf.render(Prescription.objects.with_parties().get(reference=reference))
    return (time.perf_counter() - start) * 1000


def main() -> None:
    references = list(Prescription.objects.given().values_list("reference", flat=True)[:ROUNDS])
    if not references:
        raise SystemExit("There is no issued prescription: load the demo first.")
    milliseconds(references[0])  # reads the fonts
    times = [milliseconds(references[round_ % len(references)]) for round_ in range(ROUNDS)]
    print(f"PDF of a prescription: median {statistics.median(times):.1f} ms, slowest {max(times):.1f} ms of {ROUNDS}")


if __name__ == "__main__":
    main()
