"""Refusals under /fhir that no view of ours gave: of other middleware, of addresses that are none, of a crash."""

from collections.abc import Callable

from django.http import HttpRequest
from django.http.response import HttpResponseBase

from .outcomes import FHIR_JSON, answer, outcome

KEPT = ("WWW-Authenticate", "Retry-After", "Allow")


class OutcomeMiddleware:
    """Gives programs that speak FHIR an OperationOutcome where they would get a page."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponseBase]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponseBase:
        response = self.get_response(request)
        is_told = response.status_code < 400 or response.get("Content-Type") == FHIR_JSON
        if is_told or not request.path.startswith("/fhir/"):
            return response
        refusal = answer(outcome(response.status_code), response.status_code)
        for name in KEPT:
            if name in response:
                refusal[name] = response[name]
        return refusal
