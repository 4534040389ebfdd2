"""Injection strings in every field of every form and call, and names that a body must not set."""

import json
import logging
from typing import Any
from urllib.parse import urlencode

import pytest

from clinic.people.models import User
from clinic.tests.access import Row, World
from clinic.tests.hostile import IS_API, MARK, MIXED, POWERS, TEXTS, WRITES, Fields, address_of, may_call, undone

pytestmark = pytest.mark.django_db

FORM = "application/x-www-form-urlencoded"
PAGES = [row for row in WRITES if not row.route.startswith(IS_API)]
CALLS = [row for row in WRITES if row.route.startswith(IS_API)]
NAMES = [  # of fields that calls take, from all over the API
    *("symptoms", "text", "name", "title", "reason", "note", "description", "dose", "advice", "diagnosis", "detail"),
    *(
        "slot",
        "start",
        "end",
        "from",
        "to",
        "role",
        "language",
        "specialty",
        "for",
        "patient",
        "phone",
        "place",
        "email",
    ),
    *("appointment", "kind", "scopes", "medicines", "results", "address", "code", "birth_date", "given_name", "zone"),
]


def is_harmless(response: Any) -> bool:
    """Refused or taken, but never run: nothing was computed, no tag is open, no header was added."""
    page = response.content.decode(errors="replace") if not response.streaming else ""
    html = "text/html" in response.get("Content-Type", "")
    return (
        response.status_code < 500
        and str(7919 * 7907) not in page
        and not (html and ("<script>alert" in page or "<img src=x" in page))
        and "evil" not in response.headers.get("Set-Cookie", "")
        and "\n" not in "".join(response.headers.values())
    )


def powers() -> list[Any]:
    return list(User.objects.order_by("pk").values_list("pk", "email", "is_staff", "is_superuser", "is_active"))


@pytest.mark.parametrize("row", PAGES, ids=str)
def test_no_form_runs_what_is_written_into_it(world: World, row: Row, caplog: Any) -> None:
    caplog.set_level(logging.DEBUG)
    browser, address = world.browsers[may_call(row)], address_of(world, row)
    page = undone(browser, "GET", address)
    fields = Fields(page.content.decode(errors="replace") if page.status_code == 200 and not page.streaming else "")

    for name, text in MIXED.items():
        response = undone(browser, "POST", address, urlencode(list(fields.filled_with(text))), FORM)
        assert is_harmless(response), name

    assert MARK not in "".join(record.getMessage() for record in caplog.records if record.name != "django.db.backends")


@pytest.mark.parametrize("row", CALLS, ids=str)
def test_no_call_runs_what_is_sent_to_it(world: World, row: Row, caplog: Any) -> None:
    caplog.set_level(logging.DEBUG)
    browser, address = world.browsers[may_call(row)], address_of(world, row)

    for name, text in MIXED.items():
        body = json.dumps(dict.fromkeys(NAMES, text))
        assert is_harmless(undone(browser, row.call, address, body, "application/json")), name

    assert MARK not in "".join(record.getMessage() for record in caplog.records if record.name != "django.db.backends")


@pytest.mark.parametrize("row", WRITES, ids=str)
def test_no_body_gives_powers(world: World, row: Row) -> None:
    browser, address = world.browsers[may_call(row)], address_of(world, row)
    before = powers()
    if row.route.startswith(IS_API):
        body, content_type = json.dumps(POWERS), "application/json"
    else:
        body, content_type = urlencode(POWERS, doseq=True), FORM

    response = browser.generic(row.call, address, body, content_type)

    assert response.status_code < 500
    assert powers() == before


@pytest.mark.parametrize("text", TEXTS.values(), ids=TEXTS)
@pytest.mark.parametrize("page", ["/doctors/", "/", "/api/v1/doctors/", "/api/v1/slots/"])
def test_no_search_runs_what_is_asked(client: Any, page: str, text: str) -> None:
    names = ("q", "specialty", "language", "clinic", "from", "to", "tz", "limit", "cursor", "day")

    response = client.get(page, dict.fromkeys(names, text[:2_000]))

    assert is_harmless(response)


@pytest.mark.parametrize("text", TEXTS.values(), ids=TEXTS)
def test_no_header_runs_what_it_holds(client: Any, text: str, caplog: Any) -> None:
    caplog.set_level(logging.DEBUG)
    value = text[:4_000].replace("\r\n", " ").replace("\x00", "")

    response = client.get(
        "/doctors/", headers={"user-agent": value, "referer": value, "accept-language": value, "x-session-token": value}
    )

    assert is_harmless(response)
    assert MARK not in caplog.text
