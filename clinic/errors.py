"""RuleViolation, and how pages show it; clinic/api.py has the API's answer. Not found, in the demo too."""

from typing import Any

from django.conf import settings
from django.core.exceptions import MiddlewareNotUsed
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils.translation import gettext_lazy as _
from django.views.defaults import page_not_found


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


class NotFoundMiddleware:
    """With DEBUG, as in the demo, who goes astray reads the portal's own page all the same, not Django's."""

    def __init__(self, get_response: Any) -> None:
        if not settings.DEBUG:
            raise MiddlewareNotUsed
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        response = self.get_response(request)
        is_no_address = response.status_code == 404 and request.resolver_match is None
        return page_not_found(request, Http404()) if is_no_address else response

    def process_exception(self, request: HttpRequest, exception: Exception) -> HttpResponse | None:
        """What a view does not find, or does not show to this reader."""
        return page_not_found(request, exception) if isinstance(exception, Http404) else None
