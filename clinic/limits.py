"""How often somebody may ask, by account or else by address: for public pages where codes could be guessed."""

from collections.abc import Callable
from functools import wraps
from typing import Any

from django.http import HttpRequest
from django.http.response import HttpResponseBase
from django.shortcuts import render
from rest_framework.throttling import UserRateThrottle
from rest_framework.views import APIView


class CodeThrottle(UserRateThrottle):
    """The rate for codes that somebody typed, one for all pages and API calls that take them."""

    scope = "code"

    def has_room_for(self, request: Any) -> bool:
        """Count this request; whether it is within the rate."""
        return self.allow_request(request, view=APIView())


def limited(view: Callable[..., HttpResponseBase]) -> Callable[..., HttpResponseBase]:
    """Decorator of a page that takes codes: who asks too often gets 429, in plain words."""

    @wraps(view)
    def within_limit(request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponseBase:
        if not CodeThrottle().has_room_for(request):
            return render(request, "429.html", status=429)
        return view(request, *args, **kwargs)

    return within_limit
