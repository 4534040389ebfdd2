"""What somebody might send who means no good: to every form and every call that there is."""

from collections.abc import Iterator
from html.parser import HTMLParser
from typing import Any

from django.db import transaction
from django.http import HttpResponse
from django.test import Client
from django.urls import reverse

from clinic.tests.access import GROUPS, Row, World, read_table

MARK = "Zq9mark"  # never in a log, whatever came with it
TEXTS = {
    "sql": f"{MARK}'; DROP TABLE people_user; --",
    "sql-union": f"{MARK}' UNION SELECT email FROM people_user WHERE '1'='1",
    "template": MARK + "{{ 7919*7907 }}{% debug %}${7919*7907}<%= 7919*7907 %>",
    "script": f'{MARK}"><script>alert(1)</script><img src=x onerror=alert(1)>',
    "header": f"{MARK}\r\nBcc: all@evil.example\r\nSet-Cookie: sessionid=evil",
    "nul": f"{MARK}\x00end",
    "odd": f"{MARK}\u202e%s%n{{0}}",
    "path": f"../../../../etc/passwd{MARK}",
    "long": MARK + "x" * 50_000,
}
MIXED = {  # the same in few, for what is tried at every address
    "all at once": "".join(text for name, text in TEXTS.items() if name not in {"nul", "long"}),
    "nul": TEXTS["nul"],
    "long": TEXTS["long"],
}
POWERS = {  # names that a body must not be able to set
    "is_staff": True,
    "is_superuser": True,
    "is_active": True,
    "role": "staff",
    "groups": [1],
    "user_permissions": [1],
    "status": "completed",
    "clinic": 1,
    "clinics": [1],
    "approved_at": "2026-01-01T00:00:00Z",
    "id": 1,
    "pk": 1,
    "user": 1,
    "user_id": 1,
    "patient_id": 1,
    "doctor_id": 1,
    "overbooked": True,
    "sequence": 99,
}
DONE = {"200", "201", "204", "302", "400", "415", "409"}  # the person may call it; what is sent decides
CALLS = ("GET", "POST", "PUT", "PATCH", "DELETE")
ROWS = [row for row in read_table() if row.call in CALLS and row.route.removesuffix("*") not in GROUPS]
WRITES = [row for row in ROWS if row.call in {"POST", "PUT", "PATCH"}]
IS_API = ("api:", "fhir:")


def may_call(row: Row) -> str:
    """Somebody who gets through to what `row` is about."""
    return next((who for who in ("patient", "doctor", "superuser", "nobody") if row.expected[who] in DONE), "patient")


def address_of(world: World, row: Row) -> str:
    return reverse(row.route, kwargs=world.things[row.thing])


def undone(browser: Client, call: str, address: str, *body: Any, **options: Any) -> HttpResponse:
    """The answer to a call whose effects are taken back."""
    with transaction.atomic():
        response = browser.generic(call, address, *body, **options)
        transaction.set_rollback(True)
    return response


class Fields(HTMLParser):
    """The fields of all forms of a page: what a person writes in `written`, and what stands in the others."""

    def __init__(self, page: str) -> None:
        super().__init__()
        self.written: set[str] = set()
        self.kept: dict[str, str] = {}
        self.feed(page)

    def handle_starttag(self, tag: str, attrs: Any) -> None:
        facts = dict(attrs)
        name = facts.get("name")
        if not name or tag not in {"input", "textarea", "select", "button"}:
            return
        if tag == "textarea" or (tag == "input" and facts.get("type", "text") not in {"hidden", "radio", "checkbox"}):
            self.written.add(name)
        elif tag == "input" and name != "csrfmiddlewaretoken":
            self.kept[name] = facts.get("value") or ""

    def filled_with(self, text: str) -> Iterator[tuple[str, str]]:
        yield from self.kept.items()
        yield from ((name, text) for name in sorted(self.written))
