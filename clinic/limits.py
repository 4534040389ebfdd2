"""How often somebody may ask, by account or else by address: for public pages where codes could be guessed."""

from collections.abc import Callable
from functools import wraps
from typing import Any

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from rest_framework.throttling import UserRateThrottle


class CodeThrottle(UserRateThrottle):
    """The rate for codes that somebody typed, one for all pages and API calls that take them."""

    scope = "code"


def limited(view: Callable[..., HttpResponse]) -> Callable[..., HttpResponse]:
    """Decorator of a page that takes codes: who asks too often gets 429, in plain words."""

    @wraps(view)
    def within_limit(request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        if not CodeThrottle().allow_request(request, None):
            return render(request, "429.html", status=429)
        return view(request, *args, **kwargs)

    return within_limit
