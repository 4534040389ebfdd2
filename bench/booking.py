"""Bookings per second through the API with eight clients, against a plain Django view with the same statements.

``python -m clinic.testing python -m bench.booking`` records the statements of one booking, checks that the plain view
runs as many of the same kinds, then books by both in turns, and prints the ratio; for comparison also that to a view
that sends the recorded SQL as it is, without models. Ends with status 1 if the first ratio is below 60 %.
"""

import re
import time
from collections import Counter
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from typing import Any

from bench.portal import CLIENTS, Client, all_at_once, clients, doctors, prepare, running, slots  # isort: split

from django.db import connection
from django.test import Client as Browser
from django.test import override_settings
from django.test.utils import CaptureQueriesContext

from appointments.locks import lock_number
from appointments.models import Appointment, Slot
from clinic.codes import random_code, reference, uid
from clinic.models import IdempotencyKey
from clinic.people.models import Patient

ROUNDS, BATCH = 6, 160
API, PLAIN = "/api/v1/appointments/", "/plain/"
WANTED = 0.6
FIRST_NUMBER = 900_000_001  # of every table: so a number in a statement says whose it is
TABLES = {
    "appointments_appointment": "@appointment@",
    "televisit_visit": "@visit@",
}
Statements = list[tuple[str, str]]


def main() -> None:
    prepare()
    spread_numbers()
    with running("bench.plain") as port, ThreadPoolExecutor(CLIENTS) as pool:
        bookers, everybody = clients(port), doctors(50)
        free = slots(everybody, 3 * (ROUNDS + 1) * BATCH + 3)
        captured(API, free.pop(), bookers[0])  # what a process asks once a minute is known then
        statements = record(free.pop(), bookers[0])
        refuse_other_statements(statements, free.pop(), bookers[0])
        ways = {"API": book_by_api, "plain": book_plainly, "bare": lambda *facts: send_sql(statements, *facts)}
        took = dict.fromkeys(ways, 0.0)
        for round_ in range(ROUNDS + 1):
            for name, way in ways.items():
                batch, free = free[:BATCH], free[BATCH:]
                seconds = timed(pool, bookers, batch, way)
                took[name] += seconds if round_ else 0  # the first round warms everything up
    report({name: ROUNDS * BATCH / seconds for name, seconds in took.items()}, len(statements))


def spread_numbers() -> None:
    """Let each table count from a number of its own, that no other table reaches."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT sequencename FROM pg_sequences WHERE schemaname = 'public' ORDER BY 1")
        for place, (name,) in enumerate(cursor.fetchall()):
            cursor.execute(f'ALTER SEQUENCE "{name}" RESTART WITH {FIRST_NUMBER + place * 1_000_000}')


def captured(address: str, slot: Slot, booker: Client) -> tuple[list[str], Any]:
    """The statements of one booking at this address, and its answer."""
    browser = Browser(headers={"Host": "127.0.0.1"})
    headers = {"X-Session-Token": booker.token, "Idempotency-Key": slot.uid}
    with CaptureQueriesContext(connection) as queries, override_settings(ROOT_URLCONF="bench.plain"):
        answer = browser.post(address, body_for(slot), "application/json", headers=headers)
    assert answer.status_code == 201, answer.status_code
    return [query["sql"] for query in queries], answer


def refuse_other_statements(statements: Statements, slot: Slot, booker: Client) -> None:
    """The plain view must do what the API does: the same kinds of statements, on the same tables, in this order."""
    plain, _answer = captured(PLAIN, slot, booker)
    wanted = [kind(sql) for sql, _name in statements]
    assert [kind(sql) for sql in plain] == wanted, (plain, wanted)


def kind(sql: str) -> list[str]:
    """The verb of a statement, and its tables."""
    return [sql.split(maxsplit=1)[0], *re.findall(r'(?:INTO|UPDATE|FROM|JOIN) "?(\w+)', sql)]


def record(slot: Slot, booker: Client) -> Statements:
    """The statements of one booking through the API, with names for what differs from booking to booking."""
    statements, answer = captured(API, slot, booker)
    made = Appointment.objects.select_related("visit").get(reference=answer.json()["reference"])
    names = {value: name for name, value in values_of(slot, booker.patient, booker.token).items()} | {
        made.reference: "@reference@",
        made.visit.code: "@code@",
        made.visit.uid: "@visit-uid@",
        IdempotencyKey.objects.get(reference=made.reference).key: "@hash@",
        str(made.pk): "@appointment@",
        str(made.visit.pk): "@visit@",
    }
    return [(named(sql, names), returned(sql)) for sql in statements]


def named(sql: str, names: dict[str, str]) -> str:
    for value, name in names.items():
        sql = sql.replace(value, name)
    return sql


def returned(sql: str) -> str:
    """The name of the number that an INSERT gives back, if later statements need it."""
    return next((name for table, name in TABLES.items() if sql.startswith(f'INSERT INTO "{table}" ')), "")


def values_of(slot: Slot, patient: Patient, token: str) -> dict[str, str]:
    """What a booking of `slot` for `patient` writes into its statements, by name."""
    return {
        "@doctor-lock@": str(lock_number(slot.doctor)),
        "@patient-lock@": str(lock_number(patient)),
        "@slot-uid@": slot.uid,
        "@slot@": str(slot.pk),
        "@doctor@": str(slot.doctor_id),
        "@patient@": str(patient.pk),
        "@user@": str(patient.user_id),
        "@token@": token,
        "@start@": slot.period.lower.isoformat(),
        "@end@": slot.period.upper.isoformat(),
    }


def body_for(slot: Slot) -> dict[str, str]:
    return {"slot": slot.uid, "symptoms": "A cough."}


def book_by_api(booker: Client, slot: Slot) -> int:
    return booker.post(API, body_for(slot), **{"Idempotency-Key": slot.uid})


def book_plainly(booker: Client, slot: Slot) -> int:
    return booker.post(PLAIN, body_for(slot), **{"Idempotency-Key": slot.uid})


def send_sql(statements: Statements, booker: Client, slot: Slot) -> int:
    fresh = {"@reference@": reference(), "@code@": random_code(12), "@visit-uid@": uid(), "@hash@": uid()}
    values = values_of(slot, booker.patient, booker.token) | fresh
    return booker.post("/bare/", {"statements": statements, "values": values})


def timed(
    pool: ThreadPoolExecutor, bookers: list[Client], batch: list[Slot], way: Callable[[Client, Slot], int]
) -> float:
    """The seconds that the clients take to book the batch, each a part of it."""

    def work(place: int) -> Counter:
        return Counter(way(bookers[place], slot) for slot in batch[place::CLIENTS])

    start = time.perf_counter()
    outcomes = all_at_once(pool, [lambda place=place: work(place) for place in range(CLIENTS)])
    took = time.perf_counter() - start
    statuses = sum(outcomes, Counter())
    assert statuses == {201: len(batch)}, statuses
    return took


def report(rates: dict[str, float], count: int) -> None:
    ratio = rates["API"] / rates["plain"]
    print(f"Bookings with {CLIENTS} clients, {count} statements each: {rates['API']:.0f}/s through the API,", end=" ")
    print(f"{rates['plain']:.0f}/s of a plain view: {ratio:.0%} (at least {WANTED:.0%}).", end=" ")
    print(f"Bare SQL: {rates['bare']:.0f}/s, of which the API has {rates['API'] / rates['bare']:.0%}.")
    if ratio < WANTED:
        raise SystemExit(f"That is below {WANTED:.0%}.")


if __name__ == "__main__":
    main()
