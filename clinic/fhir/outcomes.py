"""Every refusal as an OperationOutcome."""

import json
from typing import Any

from django.http import HttpResponse
from django.utils.translation import gettext_lazy as _

from clinic.api import api_exception_handler

from .datatypes import Json

FHIR_JSON = "application/fhir+json; charset=utf-8"
CODES = {
    400: "invalid",
    401: "login",
    403: "forbidden",
    404: "not-found",
    405: "not-supported",
    406: "not-supported",
    409: "conflict",
    413: "too-long",
    415: "not-supported",
    429: "throttled",
}
WORDS = {
    400: _("The request could not be read."),
    403: _("You may not do this."),
    404: _("There is nothing at this address, or nothing that you may see."),
    500: _("Something went wrong here. It is not your fault; please try again later."),
}
KNOWN = {"invalid", "not-supported", "expired"}  # codes of FHIR that our own refusals carry


def as_json(resource: Json) -> bytes:
    return json.dumps(resource, ensure_ascii=False, separators=(",", ":")).encode()


def answer(resource: Json, status: int = 200) -> HttpResponse:
    return HttpResponse(as_json(resource), status=status, content_type=FHIR_JSON)


def outcome(status: int, words: str = "", code: str = "") -> Json:
    """An OperationOutcome with one issue: what became of the request, in the reader's words."""
    issue = {
        "severity": "fatal" if status >= 500 else "error",
        "code": code or CODES.get(status, "exception" if status >= 500 else "processing"),
        "diagnostics": words or str(WORDS.get(status, WORDS[500] if status >= 500 else WORDS[400])),
    }
    return {"resourceType": "OperationOutcome", "issue": [issue]}


def refuse(exc: Exception, context: dict[str, Any]) -> HttpResponse | None:
    """DRF hook: what the API would answer, told as FHIR. None for what nobody foresaw, which is a 500."""
    told = api_exception_handler(exc, context)
    if told is None:
        return None
    facts = told.data if isinstance(told.data, dict) else {}
    code = facts.get("code") if facts.get("code") in KNOWN else ""
    words = "" if told.status_code == 404 and not code else str(facts.get("detail", ""))
    refusal = answer(outcome(told.status_code, words, code or ""), told.status_code)
    for name, value in told.headers.items():
        refusal.headers.setdefault(name, value)
    return refusal
