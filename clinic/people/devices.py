"""Browsers in which somebody has signed in before. A signed cookie says for which accounts; it opens nothing."""

from typing import Any

from django.conf import settings
from django.core import signing
from django.http import HttpRequest
from django.http.response import HttpResponseBase
from django.utils.crypto import salted_hmac

from clinic.codes import uid

SALT = "clinic.people.devices"
YEAR_SECONDS = 365 * 86400
ACCOUNTS_KEPT = 5


def device_of(request: HttpRequest, email: str) -> str:
    """The name of the browser, if the account of `email` has signed in there before; else ""."""
    device = read(request)
    return device["name"] if mark_of(email) in device["accounts"] else ""


def remember(request: HttpRequest, response: HttpResponseBase, email: str) -> None:
    """Let `response` tell the browser that the account of `email` has signed in there."""
    device = read(request)
    others = [mark for mark in device["accounts"] if mark != mark_of(email)]
    device["accounts"] = [mark_of(email), *others][:ACCOUNTS_KEPT]
    response.set_cookie(
        settings.DEVICE_COOKIE_NAME,
        signing.dumps(device, salt=SALT),
        max_age=YEAR_SECONDS,
        secure=settings.SESSION_COOKIE_SECURE,
        httponly=True,
        samesite="Lax",
    )


def read(request: HttpRequest) -> dict[str, Any]:
    """What the cookie says; a new device where there is none, or one that is not from us."""
    try:
        return signing.loads(request.COOKIES.get(settings.DEVICE_COOKIE_NAME, ""), salt=SALT, max_age=YEAR_SECONDS)
    except signing.BadSignature:
        return {"name": uid(), "accounts": []}


def mark_of(email: str) -> str:
    """Stands for an account in the cookie, without giving its address away."""
    return salted_hmac(SALT, email.lower()).hexdigest()[:16]
