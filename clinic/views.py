"""Pages that no app owns: the way home, health, the API's documentation."""

import errno
import sys
from functools import cache as cache_of_process

from django.conf import settings
from django.contrib.auth.mixins import LoginRequiredMixin
from django.core.cache import cache
from django.db import DatabaseError, InterfaceError, OperationalError, connection
from django.db.migrations.loader import MigrationLoader
from django.db.migrations.recorder import MigrationRecorder
from django.http import HttpRequest, HttpResponse, JsonResponse
from django.shortcuts import render
from django.template.loader import render_to_string
from django.urls import reverse
from django.utils.translation import gettext_lazy as _
from django.views import defaults
from django.views.decorators.http import require_safe
from django.views.generic import RedirectView, TemplateView
from drf_spectacular.views import SpectacularJSONAPIView
from redis.exceptions import RedisError
from rest_framework.exceptions import NotFound
from rest_framework.permissions import AllowAny
from rest_framework.request import Request
from rest_framework.views import APIView

from clinic import api_docs
from clinic.people.models import User

DISK_IS_FULL = {errno.ENOSPC, errno.EDQUOT}
AWAY = _("The portal cannot answer right now. Try again in a minute.")
BROKEN = _("Something went wrong, and we have been told. Try again in a minute.")
UNREADABLE = _("This cannot be read.")
HOMES = {"doctor": "doctor:today", "staff": "admin:index", "patient": "appointments:list"}


class HomeView(LoginRequiredMixin, RedirectView):
    """Where a person's role is at home."""

    http_method_names = ["get", "head"]

    def get_redirect_url(self, *args: object, **kwargs: object) -> str:
        user = self.request.user
        assert isinstance(user, User)  # signed in
        return reverse(HOMES[user.role])


@require_safe
def live(request: HttpRequest) -> JsonResponse:
    """200 while this process answers at all."""
    return JsonResponse({"status": "live"})


@require_safe
def ready(request: HttpRequest) -> JsonResponse:
    """200 when database, migrations and Redis are as this version needs them; else 503 and what is missing."""
    checks = {"database": database_is_ready(), "redis": redis_is_ready()}
    return JsonResponse({"ready": all(checks.values()), **checks}, status=200 if all(checks.values()) else 503)


def database_is_ready() -> bool:
    """Whether the database answers and no migration is missing."""
    try:
        return last_migrations() <= MigrationRecorder(connection).applied_migrations().keys()
    except DatabaseError:
        return False


@cache_of_process
def last_migrations() -> set[tuple[str, str]]:
    """The last migration of each app, as this process was started with them: anybody may ask, often."""
    return set(MigrationLoader(None).graph.leaf_nodes())


def redis_is_ready() -> bool:
    try:
        cache.set("ready", 1, 10)
    except RedisError:
        return False
    return True


class SchemaView(SpectacularJSONAPIView):
    """The OpenAPI document, for everybody."""

    authentication_classes: list[type] = []
    permission_classes: list[type] = []


class UnknownCallView(APIView):
    """What is no call of the API: a 404 in its own form, whoever asks."""

    authentication_classes: list[type] = []
    permission_classes = [AllowAny]
    schema = None

    def get(self, request: Request, rest: str) -> None:
        raise NotFound

    post = put = patch = delete = get


class ApiDocsView(TemplateView):
    """The API's calls as a plain page."""

    template_name = "api_docs.html"

    def get_context_data(self, **kwargs: object) -> dict[str, object]:
        document = api_docs.document()
        groups, shapes = api_docs.groups_of(document), api_docs.shapes_of(document)
        return super().get_context_data(groups=groups, shapes=shapes, public_url=settings.PUBLIC_URL, **kwargs)


def bad_request(request: HttpRequest, exception: Exception) -> HttpResponse:
    """What no view was asked about, such as an address that cannot be read."""
    if request.path.startswith("/api/"):
        return JsonResponse({"code": "bad_request", "detail": str(UNREADABLE)}, status=400)
    return defaults.bad_request(request, exception)


def server_error(request: HttpRequest) -> HttpResponse:
    """Something broke: 503 where database, Redis or room on the disk is away, which passes, else 500. Needs neither."""
    error = sys.exc_info()[1]
    is_full = isinstance(error, OSError) and error.errno in DISK_IS_FULL
    is_away = is_full or isinstance(error, (OperationalError, InterfaceError, RedisError))
    status, headers = (503, {"Retry-After": "60"}) if is_away else (500, {})
    if request.path.startswith("/api/"):
        code = "away" if is_away else "broken"
        return JsonResponse({"code": code, "detail": str(AWAY if is_away else BROKEN)}, status=status, headers=headers)
    page = render_to_string(f"{status}.html")
    return HttpResponse(page, status=status, headers=headers)


def csrf_failure(request: HttpRequest, reason: str = "") -> HttpResponse:
    """The page was open too long, or came from elsewhere: say how to go on."""
    return render(request, "403_csrf.html", status=403)
