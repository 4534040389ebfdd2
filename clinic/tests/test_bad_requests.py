"""Requests that are not as they should be: method, content type, size, CSRF, host."""

import json
from typing import Any

import pytest
from django.conf import settings
from django.test import Client
from django.urls import reverse

from clinic.tests.access import Row, World
from clinic.tests.hostile import CALLS as KINDS
from clinic.tests.hostile import IS_API, ROWS, WRITES, address_of, may_call, undone

pytestmark = pytest.mark.django_db

ADDRESSES = sorted({(row.route, row.thing): row for row in ROWS}.values(), key=str)
PAGES = [row for row in WRITES if not row.route.startswith(IS_API)]
CALLS = [row for row in WRITES if row.route.startswith(IS_API)]
FROM_MACHINES = ("csp-report", "webhook", "anymail", "sms", "notices:mail")  # these prove themselves otherwise
KNOWN = {call: {(row.route, row.thing) for row in ROWS if row.call == call} for call in KINDS}
BODIES: dict[str, Any] = {
    "huge": json.dumps({"symptoms": "x" * 2_600_000}),
    "deep": "[" * 50_000 + "]" * 50_000,
    "deep objects": '{"a":' * 3_000 + "1" + "}" * 3_000,
    "no number": '{"symptoms": NaN, "limit": 1e999999}',
    "binary": b"\xff\xfe\x00",
}
REFUSED = {301, 302, 400, 401, 403, 404, 405, 409, 413, 415, 429}


def is_from_machines(row: Row) -> bool:
    return any(name in row.route for name in FROM_MACHINES)


@pytest.mark.parametrize("row", ADDRESSES, ids=str)
def test_methods_that_an_address_does_not_have_are_refused(world: World, row: Row) -> None:
    browser, address = world.browsers[may_call(row)], address_of(world, row)
    others = [call for call, known in KNOWN.items() if call != "GET" and (row.route, row.thing) not in known]
    if not row.route.startswith(IS_API) and "PUT" in others:
        others.remove("PUT")  # Django's form views take it for a POST with nothing in it
    answers = {call: undone(browser, call, address).status_code for call in (*others, "TRACE", "CONNECT", "BREW")}

    assert {call: status for call, status in answers.items() if status not in REFUSED} == {}


@pytest.mark.parametrize("row", [row for row in PAGES if (row.route, row.thing) in KNOWN["GET"]], ids=str)
def test_a_header_does_not_change_the_method(world: World, row: Row) -> None:
    browser, address = world.browsers[may_call(row)], address_of(world, row)
    plain = undone(browser, "GET", address)

    posing = undone(browser, "GET", address, headers={"x-http-method-override": "POST", "x-method-override": "DELETE"})

    assert posing.status_code == plain.status_code


@pytest.mark.parametrize("row", CALLS, ids=str)
def test_calls_take_only_what_they_say_they_take(world: World, row: Row) -> None:
    browser, address = world.browsers[may_call(row)], address_of(world, row)

    for content_type in (
        "text/plain",
        "application/x-www-form-urlencoded",
        "application/xml",
        "nonsense",
        "a/b; charset=x",
    ):
        response = undone(browser, row.call, address, "<a>x=1", content_type)
        assert response.status_code in REFUSED or str(response.status_code) in row.expected.values(), content_type


@pytest.mark.parametrize("row", CALLS, ids=str)
def test_huge_deep_and_broken_json_is_refused(world: World, row: Row) -> None:
    browser, address = world.browsers[may_call(row)], address_of(world, row)

    for name, body in BODIES.items():
        assert undone(browser, row.call, address, body, "application/json").status_code < 500, name


@pytest.mark.parametrize("row", [row for row in PAGES if not is_from_machines(row)], ids=str)
def test_forms_without_their_token_are_refused(world: World, row: Row) -> None:
    browser = Client(enforce_csrf_checks=True)
    browser.cookies = world.browsers[may_call(row)].cookies.copy()

    assert undone(browser, "POST", address_of(world, row)).status_code == 403


def csrf_answer(*, cookie: str, field: str = "", header: str = "", **headers: str) -> int:
    client = Client(enforce_csrf_checks=True)
    client.cookies[settings.CSRF_COOKIE_NAME] = cookie
    more = {"x-csrftoken": header} if header else {}
    data = {"email": "ana@example.org", "csrfmiddlewaretoken": field}
    return client.post(reverse("account_request_login_code"), data, headers={**more, **headers}).status_code


TOKEN, OTHER = "a" * 32, "b" * 32


def test_the_right_token_is_taken() -> None:
    assert csrf_answer(cookie=TOKEN, field=TOKEN) == 302


@pytest.mark.parametrize(
    "sent",
    [
        {"cookie": TOKEN, "field": OTHER},
        {"cookie": TOKEN, "field": OTHER, "header": TOKEN},  # doubled: the field counts
        {"cookie": "", "field": ""},
        {"cookie": TOKEN, "field": ""},
        {"cookie": "x", "field": "x"},
        {"cookie": TOKEN, "field": TOKEN, "origin": "https://evil.example"},
        {"cookie": TOKEN, "field": TOKEN, "origin": "null"},
    ],
    ids=["wrong", "doubled", "none", "missing", "malformed", "from elsewhere", "from nowhere"],
)
def test_wrong_and_doubled_tokens_are_refused(sent: dict[str, str]) -> None:
    assert csrf_answer(**sent) == 403


def test_a_call_with_the_cookie_alone_is_refused(world: World) -> None:
    browser = Client(enforce_csrf_checks=True)
    browser.cookies = world.browsers["patient"].cookies.copy()

    answer = undone(browser, "POST", "/api/v1/notices/read/", "{}", "application/json")

    assert (answer.status_code, answer.json()["code"]) == (403, "permission_denied")


@pytest.mark.parametrize(
    "host", ["evil.example", "testserver@evil.example", "testserver:80:80", "", "[::1", "a" * 5_000]
)
def test_other_host_names_are_refused(client: Client, host: str) -> None:
    answer = client.get("/doctors/", headers={"host": host} if host else {}, SERVER_NAME=host or "evil.example")

    assert answer.status_code == 400


def test_what_a_proxy_might_say_of_the_host_is_not_believed(client: Client) -> None:
    page = client.get(
        "/doctors/",
        headers={"x-forwarded-host": "evil.example", "x-host": "evil.example", "forwarded": "host=evil.example"},
    )

    assert page.status_code == 200
    assert "evil.example" not in page.content.decode()
