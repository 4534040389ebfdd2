"""Whatever is wrong with a call, the API says so in its own form, with the right status, and gives nothing away."""

from base64 import b64encode
from datetime import timedelta

import pytest
from django.test import Client
from django.utils import timezone

from appointments.tests.factories import AppointmentFactory
from clinic.people.tests.factories import PatientFactory

pytestmark = pytest.mark.django_db
APPOINTMENTS = "/api/v1/appointments/"


def cursor(place: str) -> str:
    """One of the same form as ours, made up."""
    return b64encode(place.encode()).decode()


@pytest.fixture
def browser():
    browser = Client()
    browser.force_login(PatientFactory().user)
    return browser


@pytest.mark.parametrize(
    ("body", "content_type", "status", "code"),
    [
        ("<slot/>", "application/xml", 415, "unsupported_media_type"),
        ("slot=x", "application/x-www-form-urlencoded", 415, "unsupported_media_type"),
        ("slot", "text/plain; charset=utf-8", 415, "unsupported_media_type"),
        ("{", "application/json", 400, "parse_error"),
        ("\xff", "application/json", 400, "parse_error"),
    ],
)
def test_a_body_that_cannot_be_read_is_refused(browser, body, content_type, status, code):
    answer = browser.post(APPOINTMENTS, body.encode("latin-1"), content_type=content_type)

    assert (answer.status_code, answer.json()["code"]) == (status, code)


@pytest.mark.parametrize("body", ["[]", "null", "3", '"slot"', '{"slot": {}}', '{"slot": "\\u0000", "symptoms": []}'])
def test_a_body_of_another_shape_is_refused(browser, body):
    answer = browser.post(APPOINTMENTS, body, content_type="application/json")

    assert answer.status_code == 400
    assert isinstance(answer.json(), dict)


@pytest.mark.parametrize(
    ("query", "status"),
    [
        ("status=sleeping", 400),
        ("from=yesterday", 400),
        ("as=god", 400),
        ("cursor=nonsense", 404),
        (f"cursor={cursor('p=nonsense')}", 404),
        (f"cursor={cursor('p=2026-02-30 10:00')}", 404),
        (f"cursor={cursor('o=-1')}", 404),
        ("limit=1000000", 200),
        ("limit=-1", 200),
        ("unknown=1", 200),
        ("status=%00", 400),
    ],
)
def test_a_query_is_read_or_refused(browser, query, status):
    answer = browser.get(f"{APPOINTMENTS}?{query}")

    assert answer.status_code == status
    assert answer["Content-Type"] == "application/json"


def test_a_page_has_no_more_rows_than_the_most(browser, monkeypatch):
    monkeypatch.setattr("clinic.api.CursorPages.max_page_size", 2)
    patient = PatientFactory()
    browser.force_login(patient.user)
    for day in range(1, 4):
        AppointmentFactory(patient=patient, begins=timezone.now() + timedelta(days=day))

    first = browser.get(f"{APPOINTMENTS}?limit=1000000").json()
    second = browser.get(first["next"]).json()

    assert (len(first["results"]), len(second["results"]), second["next"]) == (2, 1, None)


def test_only_json_is_spoken(browser):
    answer = browser.get(APPOINTMENTS, headers={"accept": "application/xml"})

    assert (answer.status_code, answer.json()["code"]) == (406, "not_acceptable")


def test_what_one_may_not_see_looks_as_if_it_did_not_exist(browser):
    foreign = AppointmentFactory()

    hidden, missing = (browser.get(f"{APPOINTMENTS}{name}/") for name in (foreign.reference, "00000000"))

    assert (hidden.status_code, hidden.json()) == (missing.status_code, missing.json())


def test_a_forged_request_is_refused(browser):
    strict = Client(enforce_csrf_checks=True)
    strict.force_login(PatientFactory().user)

    answer = strict.post(f"{APPOINTMENTS}emergency/", {}, content_type="application/json")

    assert (answer.status_code, answer.json()["code"]) == (403, "permission_denied")
