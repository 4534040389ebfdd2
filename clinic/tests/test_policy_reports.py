"""Browsers report what our policy stopped; the log says where and what, and nothing of who."""

import json
import logging
from typing import Any

import pytest
from django.test import Client

pytestmark = pytest.mark.django_db
OLD = {
    "csp-report": {
        "document-uri": "https://clinic.example/verify/7K3M2Q9AX4TBW5RC/?name=Ana",
        "effective-directive": "script-src-elem",
        "blocked-uri": "https://evil.example/x.js?patient=Ana",
        "script-sample": "alert('Ana')",
    }
}
NEW = [
    {
        "type": "csp-violation",
        "user_agent": "Firefox",
        "body": {
            "documentURL": "https://clinic.example/nowhere/Ana",
            "effectiveDirective": "img-src",
            "blockedURL": "data",
        },
    }
]


@pytest.fixture
def told(caplog: Any) -> Any:
    caplog.set_level(logging.WARNING, "clinic.policy_reports")
    return lambda: [record.getMessage() for record in caplog.records if record.name == "clinic.policy_reports"]


def report(body: Any, content_type: str = "application/csp-report", **options: Any) -> int:
    sent = body if isinstance(body, (str, bytes)) else json.dumps(body)
    return Client(enforce_csrf_checks=True).post("/csp-report/", sent, content_type, **options).status_code


def test_a_report_is_logged_by_route_and_origin(told: Any) -> None:
    assert report(OLD) == 204
    assert told() == ["policy: script-src-elem stopped on /verify/<str:code>/, from https://evil.example"]


def test_the_newer_format_is_understood(told: Any) -> None:
    assert report(NEW, "application/reports+json") == 204
    assert told() == ["policy: img-src stopped on no page of ours, from data"]


@pytest.mark.parametrize(
    "body",
    ["", "nonsense", "[]", "null", "7", '{"csp-report": 7}', "[[]]", "[" * 8_000, "x" * 20_000, b"\xff\xfe"],
    ids=["nothing", "nonsense", "list", "null", "number", "wrong", "nested", "deep", "long", "binary"],
)
def test_nonsense_is_neither_logged_nor_an_error(told: Any, body: Any) -> None:
    assert report(body) == 204
    assert told() == []


def test_what_is_reported_breaks_no_line_and_names_nobody(told: Any) -> None:
    report(
        {
            "csp-report": {
                "effective-directive": "x\nERROR root Ana",
                "blocked-uri": "https://ana%0a@[",
                "document-uri": "//[",
            }
        }
    )

    assert told() == ["policy: ? stopped on no page of ours, from ?"]


def test_reports_are_limited(told: Any) -> None:
    answers = [report(OLD) for _time in range(31)]

    assert answers == [204] * 30 + [429]


def test_every_page_says_where_to_report(client: Client) -> None:
    assert "report-uri /csp-report/" in client.get("/api/docs/")["Content-Security-Policy"]
