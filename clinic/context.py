"""What every page knows: the clinic whose name is on it, the reader's role and zone."""

from collections.abc import Callable
from typing import Any
from zoneinfo import ZoneInfo

from django.core.cache import caches
from django.http import HttpRequest, HttpResponse
from django.utils import timezone

from clinic.people.models import Clinic, User
from clinic.time import zone_names

CLINIC_SECONDS = 60
HEALTH = "/health/"
ZONE_COOKIE = "zone"  # written by static/js/zone.js with the browser's IANA zone


def portal_clinic() -> Clinic | None:
    """The organisation's first clinic, whose name and phone head every page; None before set-up.

    May be a minute old: each process keeps it.
    """
    return caches["process"].get_or_set("portal-clinic", lambda: Clinic.objects.order_by("pk").first(), CLINIC_SECONDS)


def portal(request: HttpRequest) -> dict[str, Any]:
    """Context processor. `role` is anonymous, patient, doctor or staff."""
    user = getattr(request, "user", None)
    return {
        "clinic": portal_clinic(),
        "role": user.role if isinstance(user, User) else "anonymous",
        "reader_zone": timezone.get_current_timezone_name(),
    }


class ReaderZoneMiddleware:
    """Shows times in the reader's zone: the user's own, else the browser's by cookie, else the clinic's."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        if request.path.startswith(HEALTH):  # answers without Redis and database, to say that they are gone
            return self.get_response(request)
        with timezone.override(reader_zone(request)):
            return self.get_response(request)


def reader_zone(request: HttpRequest) -> ZoneInfo:
    """The zone in which the reader of `request` sees times."""
    for name in (getattr(request.user, "zone", ""), request.COOKIES.get(ZONE_COOKIE, "")):
        if name in zone_names():
            return ZoneInfo(name)
    clinic = portal_clinic()
    return ZoneInfo(clinic.zone if clinic else "UTC")
