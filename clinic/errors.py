"""RuleViolation, and how pages show it; clinic/api.py has the API's answer."""

from typing import Any

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils.translation import gettext_lazy as _


class RuleViolation(Exception):
    """Well-formed and permitted, but not possible now. Subclasses set both:"""

    code = "rule_violation"  # stable, for machines and tests
    message = _("This is not possible right now.")  # for people

    def __str__(self) -> str:
        return str(self.message)


class RuleViolationMiddleware:
    """A refusal that no view caught becomes a 409 page in plain words, never a 500."""

    def __init__(self, get_response: Any) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        return self.get_response(request)

    def process_exception(self, request: HttpRequest, exception: Exception) -> HttpResponse | None:
        if isinstance(exception, RuleViolation):
            return render(request, "409.html", {"refusal": exception}, status=409)
        return None
