"""What every API call shares: who calls, how lists page, how refusals look."""

from typing import Any

from allauth.headless.contrib.rest_framework.authentication import XSessionTokenAuthentication
from django.core.exceptions import SuspiciousOperation, ValidationError
from django.utils import timezone
from django.utils.translation import gettext_lazy as _
from drf_spectacular.utils import OpenApiParameter
from rest_framework import status
from rest_framework.authentication import BaseAuthentication, get_authorization_header
from rest_framework.exceptions import AuthenticationFailed, ErrorDetail, NotFound, ParseError, PermissionDenied
from rest_framework.pagination import CursorPagination
from rest_framework.parsers import JSONParser
from rest_framework.request import Request
from rest_framework.response import Response

from clinic.errors import RuleViolation
from clinic.people import second_factor
from clinic.people.models import ApiToken, User
from clinic.people.models.tokens import scope_for


class UnknownToken(AuthenticationFailed):
    default_code = "invalid_token"
    default_detail = _("This token is wrong, over or revoked.")


class ScopeMissing(PermissionDenied):
    default_code = "insufficient_scope"
    default_detail = _("This token is not made for this. Make one in the settings that is.")


class TokenAuthentication(BaseAuthentication):
    """A personal token, as ``Authorization: Bearer …``; `request.auth` is its ApiToken then.

    The view says with `area` to which part of the API it belongs; a view without one takes no tokens. What the token
    is not made for is refused here, so that no view can forget it.
    """

    def authenticate(self, request: Request) -> tuple[User, ApiToken] | None:
        scheme, _blank, text = get_authorization_header(request).partition(b" ")
        if scheme.lower() != b"bearer":
            return None
        at = timezone.now()
        token = ApiToken.objects.of_text(text.decode("latin-1").strip(), at)
        if token is None:
            raise UnknownToken
        view: Any = request.parser_context["view"]
        if not token.may(getattr(view, "area", None), request.method or ""):
            raise ScopeMissing
        token.note_use(at)
        return token.user, token

    def authenticate_header(self, request: Request) -> str:
        return 'Bearer realm="clinic"'


class SessionTokenAuthentication(XSessionTokenAuthentication):
    """A program's ``X-Session-Token``, from allauth's headless app client."""

    def authenticate(self, request: Request) -> Any:
        found = super().authenticate(request)
        if found and second_factor.is_missing(*found):
            raise PermissionDenied(second_factor.MISSING_WORDS, code=second_factor.MISSING)
        return found


IDEMPOTENCY_KEY = OpenApiParameter(
    "Idempotency-Key",
    str,
    OpenApiParameter.HEADER,
    description="Sent again within a day with the same key and body, it is done once; with another body it is 409.",
)


def key_of(request: Request) -> str:
    """The caller's name for this request, under which it is done once; empty without one."""
    return request.headers.get("Idempotency-Key", "")


class JsonBody(JSONParser):
    """A body in JSON; one nested so deep that Python gives up is refused like any other nonsense."""

    def parse(self, *args: Any, **kwargs: Any) -> Any:
        try:
            return super().parse(*args, **kwargs)
        except RecursionError:
            raise ParseError from None


class CursorPages(CursorPagination):
    """Lists as ``{next, previous, results}``; a page does not shift when rows come or go."""

    page_size = 20
    page_size_query_param = "limit"
    max_page_size = 100
    ordering: Any = "pk"

    def paginate_queryset(self, queryset: Any, request: Request, view: Any = None) -> list[Any] | None:
        """The page; 404 for a cursor that we did not give, which may name a place that is no date or number."""
        try:
            return super().paginate_queryset(queryset, request, view)
        except (ValidationError, ValueError) as problem:
            if not request.query_params.get(self.cursor_query_param):
                raise
            raise NotFound(self.invalid_cursor_message) from problem


def is_within(request: Request, area: str, method: str = "GET") -> bool:
    """Whether the caller's token, if they come with one, is good for this `area` too."""
    return not isinstance(request.auth, ApiToken) or scope_for(area, method) in request.auth.scopes


def api_exception_handler(exc: Exception, context: dict[str, Any]) -> Response | None:
    """DRF hook: every refusal is ``{"code": str, "detail": str}``, but for the fields of a body, each with its words.

    A RuleViolation is a 409.
    """
    from rest_framework.views import exception_handler  # that module names this one, through the settings

    if isinstance(exc, RuleViolation):
        return Response({"code": exc.code, "detail": str(exc)}, status=status.HTTP_409_CONFLICT)
    if isinstance(exc, SuspiciousOperation):  # as a body that is too large
        exc = ParseError()
    response = exception_handler(exc, context)
    detail = response.data.get("detail") if response is not None and isinstance(response.data, dict) else None
    if response is not None and isinstance(detail, ErrorDetail):
        response.data = {"code": detail.code, "detail": detail}
    return response
