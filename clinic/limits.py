"""How often somebody may ask, by account or else by address: where codes could be guessed or times be hoarded."""

from collections.abc import Callable
from functools import wraps
from typing import Any

from django.http import HttpRequest
from django.http.response import HttpResponseBase
from django.shortcuts import render
from rest_framework.throttling import UserRateThrottle
from rest_framework.views import APIView

View = Callable[..., HttpResponseBase]


class PageThrottle(UserRateThrottle):
    """A rate that pages and API calls share; its number is in the settings, under the scope."""

    def has_room_for(self, request: Any) -> bool:
        """Count this request; whether it is within the rate."""
        return self.allow_request(request, view=APIView())


class CodeThrottle(PageThrottle):
    """The rate for codes that somebody typed."""

    scope = "code"


class HoldThrottle(PageThrottle):
    """The rate for choosing times, each of which is then held: else a stranger could keep them all."""

    scope = "hold"


def limited_by(throttle: type[PageThrottle]) -> Callable[[View], View]:
    """Decorator of a page: who asks too often gets 429, in plain words."""

    def limit(view: View) -> View:
        @wraps(view)
        def within_limit(request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponseBase:
            if not throttle().has_room_for(request):
                return render(request, "429.html", status=429)
            return view(request, *args, **kwargs)

        return within_limit

    return limit


limited = limited_by(CodeThrottle)
"""Decorator of a page that takes codes."""
