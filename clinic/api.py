"""What every API call shares: who calls, how lists page, how refusals look."""

from typing import Any

from allauth.headless.contrib.rest_framework.authentication import XSessionTokenAuthentication
from rest_framework.pagination import CursorPagination
from rest_framework.request import Request
from rest_framework.response import Response

from clinic.errors import RuleViolation


class SessionTokenAuthentication(XSessionTokenAuthentication):
    """A program's ``X-Session-Token``, from allauth's headless app client. Names itself, so that nobody is a 401."""

    def authenticate_header(self, request: Request) -> str:
        return "X-Session-Token"


class CursorPages(CursorPagination):
    """Lists as ``{next, previous, results}``; a page does not shift when rows come or go."""

    page_size = 20
    page_size_query_param = "limit"
    max_page_size = 100
    ordering: Any = "pk"


def api_exception_handler(exc: Exception, context: dict[str, Any]) -> Response | None:
    """DRF hook: RuleViolation -> 409 ``{"code": str, "detail": str}``."""
    from rest_framework.views import exception_handler  # that module names this one, through the settings

    if isinstance(exc, RuleViolation):
        return Response({"code": exc.code, "detail": str(exc)}, status=409)
    return exception_handler(exc, context)
