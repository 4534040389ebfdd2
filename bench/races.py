"""Races of eight clients for one slot, over HTTP: exactly one wins each, and nobody sees an error of the server.

``python -m clinic.testing python -m bench.races`` runs 10,000, or as many as fit in five minutes (``SECONDS=60``
for fewer). Ends with status 1 if one race went wrong.
"""

import os
import time
from collections import Counter
from concurrent.futures import ThreadPoolExecutor
from threading import Barrier

from bench.portal import CLIENTS, Client, all_at_once, clients, doctors, prepare, running, slots

RACES = 10_000
SECONDS = int(os.environ.get("SECONDS", "300"))
BATCH = 250
WON, LOST = 201, 409


def main() -> None:
    prepare()
    with running() as port, ThreadPoolExecutor(CLIENTS) as pool:
        outcomes, took = run(clients(port), pool)
    races = sum(outcomes.values())
    wrong = {str(outcome): count for outcome, count in outcomes.items() if dict(outcome) != {WON: 1, LOST: CLIENTS - 1}}
    print(f"Races of {CLIENTS} for one slot: {races} in {took:.0f} s, {races - sum(wrong.values())} with one winner.")
    if wrong or not races:
        raise SystemExit(f"Not as it should be: {wrong}")


def run(racers: list[Client], pool: ThreadPoolExecutor) -> tuple[Counter, float]:
    """How often which statuses came, as sorted pairs of status and number, until there is no time left."""
    everybody, outcomes = doctors(10), Counter()
    barrier, start, prize = Barrier(CLIENTS), time.monotonic(), None
    while sum(outcomes.values()) < RACES:
        batch = slots(everybody, BATCH) if prize is None else slots(everybody, BATCH, start=prize.period.upper)
        for prize in batch:
            if time.monotonic() - start > SECONDS:
                return outcomes, time.monotonic() - start
            calls = [lambda racer=racer, uid=prize.uid: race(racer, uid, barrier) for racer in racers]
            outcomes[tuple(sorted(Counter(all_at_once(pool, calls)).items()))] += 1
    return outcomes, time.monotonic() - start


def race(racer: Client, uid: str, barrier: Barrier) -> int:
    barrier.wait(timeout=60)
    return racer.post("/api/v1/appointments/", {"slot": uid, "symptoms": "A cough."})


if __name__ == "__main__":
    main()
