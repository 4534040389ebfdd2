"""Every page comes with the headers that tell browsers how little it may do."""

from collections.abc import Iterator
from typing import Any

import pytest
from django.conf import settings
from django.contrib.staticfiles import finders
from django.db import transaction
from django.http import HttpResponse
from django.test import Client
from django.urls import reverse

from clinic.headers import CALL_DEVICES, NO_DEVICES
from clinic.people.tests.factories import PatientFactory, StaffFactory
from clinic.tests.access import GROUPS, Row, World, read_table

pytestmark = pytest.mark.django_db

PAGES = [row for row in read_table() if row.call == "GET"]
CALLS = {"televisit:room", "televisit:device-check", "televisit:check"}
FRAMED = {"record:chart-inline"}  # a file, on the page that shows it
SECRETS = {"link", "claim", "feed", "answer", "doctors-answer", "code"}  # things whose address is the key to them
ALWAYS = {
    "X-Content-Type-Options": "nosniff",
    "X-Frame-Options": "DENY",
    "Cross-Origin-Opener-Policy": "same-origin",
    "Cross-Origin-Resource-Policy": "same-origin",
}


@pytest.fixture(scope="module")
def world(django_db_setup: None, django_db_blocker: Any) -> Iterator[World]:
    with django_db_blocker.unblock(), transaction.atomic():
        yield World()
        transaction.set_rollback(True)


def page_of(world: World, row: Row, who: str) -> HttpResponse:
    address = reverse(GROUPS.get(row.route.removesuffix("*"), row.route), kwargs=world.things[row.thing])
    with transaction.atomic():
        response = world.browsers[who].get(address)
        transaction.set_rollback(True)
    return response


@pytest.mark.parametrize("row", PAGES, ids=str)
def test_every_page_has_the_headers(world: World, row: Row) -> None:
    for who in ("patient", "doctor"):
        response = page_of(world, row, who)

        always = ALWAYS | ({"X-Frame-Options": "SAMEORIGIN"} if row.route in FRAMED else {})
        assert {name: response.get(name) for name in ALWAYS} in (ALWAYS, always)
        assert "script-src 'self'" in response["Content-Security-Policy"]
        assert "unsafe" not in response["Content-Security-Policy"]
        assert "no-store" in response["Cache-Control"] or "no-cache" in response["Cache-Control"]
        devices = CALL_DEVICES if row.route in CALLS and response.status_code == 200 else NO_DEVICES
        assert response["Permissions-Policy"] in {devices, NO_DEVICES}
        referrer = "strict-origin" if row.thing in SECRETS else "same-origin"
        assert response["Referrer-Policy"] in {referrer, "strict-origin"}


@pytest.mark.parametrize("route", sorted({row.route for row in PAGES if row.thing in SECRETS}))
def test_an_address_that_is_a_key_is_nobody_elses_to_see_or_keep(world: World, route: str) -> None:
    row = next(row for row in PAGES if row.route == route)

    response = page_of(world, row, "nobody")

    assert response["Referrer-Policy"] == "strict-origin"
    assert response["X-Robots-Tag"] == "noindex"
    assert response["Cache-Control"].startswith("private, no-")


def test_a_page_for_everybody_may_be_cached(client: Client) -> None:
    assert "Cache-Control" not in client.get(reverse("api-docs"))


def test_a_guest_gets_nothing_that_is_kept(client: Client) -> None:
    session = client.session
    session["seats"] = {}
    session.save()

    assert client.get(reverse("find"))["Cache-Control"] == "private, no-store"


def test_files_are_for_our_own_pages_only(client: Client) -> None:
    assert finders.find("css/tokens.css")

    response = client.get("/static/css/tokens.css")

    assert response["Cross-Origin-Resource-Policy"] == "same-origin"
    assert "Access-Control-Allow-Origin" not in response


@pytest.mark.parametrize("path", ["/admin/", "/api/docs/", "/api/schema/"])
def test_the_admin_and_the_apis_page_obey_the_policy(client: Client, path: str) -> None:
    client.force_login(StaffFactory())

    response = client.get(path)

    assert response.status_code == 200
    assert "default-src 'none'" in response["Content-Security-Policy"].split("; ")


def from_elsewhere(client: Client, path: str, origin: str) -> HttpResponse:
    return client.options(path, headers={"origin": origin, "access-control-request-method": "GET"})


def test_other_sites_read_nothing(client: Client) -> None:
    assert "Access-Control-Allow-Origin" not in from_elsewhere(client, "/api/v1/doctors/", "https://evil.example")


def test_listed_sites_read_the_api_and_nothing_else_and_without_cookies(client: Client, settings: Any) -> None:
    settings.CORS_ALLOWED_ORIGINS = ["https://app.example"]

    api, page = (from_elsewhere(client, path, "https://app.example") for path in ("/api/v1/doctors/", "/doctors/"))

    assert api["Access-Control-Allow-Origin"] == "https://app.example"
    assert "Access-Control-Allow-Credentials" not in api
    assert "Access-Control-Allow-Origin" not in page


def test_cookies_are_for_this_site_and_no_script(client: Client) -> None:
    PatientFactory()
    client.get(reverse("account_login"))

    cookie = client.cookies[settings.CSRF_COOKIE_NAME]

    assert (cookie["httponly"], cookie["samesite"]) == (True, "Lax")
    assert settings.SESSION_COOKIE_HTTPONLY
