"""How often somebody may ask, by account or else by address: where codes could be guessed or times be hoarded."""

import time
from collections.abc import Callable
from dataclasses import dataclass
from functools import lru_cache, wraps
from typing import Any

from django.conf import settings
from django.http import HttpRequest, HttpResponse
from django.http.response import HttpResponseBase
from django.shortcuts import render
from redis import Redis
from redis.exceptions import RedisError
from rest_framework.throttling import UserRateThrottle

View = Callable[..., HttpResponseBase]
NO_VIEW: Any = None


class PageThrottle(UserRateThrottle):
    """A rate that pages and API calls share; its number is in the settings, under the scope."""

    def has_room_for(self, request: Any) -> bool:
        """Count this request; whether it is within the rate."""
        return self.allow_request(request, view=NO_VIEW)


class CodeThrottle(PageThrottle):
    """The rate for codes that somebody typed."""

    scope = "code"


class HoldThrottle(PageThrottle):
    """The rate for choosing times, each of which is then held: else a stranger could keep them all."""

    scope = "hold"


class ReportThrottle(PageThrottle):
    """The rate for what browsers report by themselves."""

    scope = "report"


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


@dataclass(frozen=True)
class Allowance:
    """What is left of the calls that somebody may make, and for how many seconds that counts."""

    limit: int
    used: int
    seconds: int

    @property
    def headers(self) -> dict[str, str]:
        left = max(0, self.limit - self.used)
        return {
            "RateLimit-Limit": str(self.limit),
            "RateLimit-Remaining": str(left),
            "RateLimit-Reset": str(self.seconds),
        }


@lru_cache
def counters(address: str) -> Redis:
    """The connections to Redis that count calls. Django's cache would ask three times where once is enough."""
    return Redis.from_url(address)


def count_one(key: str, *, seconds: int) -> int:
    """One more under `key`, which is forgotten after `seconds`; gives how many it makes."""
    with counters(settings.REDIS_URL).pipeline() as pipe:
        return pipe.incr(key).expire(key, seconds).execute()[0]


class CallThrottle(PageThrottle):
    """The rate for calls of the API altogether, counted by whole minutes (or hours), in one word with Redis.

    While Redis is away nobody is counted: then the calls that need it say so themselves.
    """

    scope = "call"
    allowance: Allowance | None = None
    duration: int
    num_requests: int

    def allow_request(self, request: Any, view: Any) -> bool:
        window, place = divmod(int(time.time()), self.duration)
        try:
            used = count_one(f"{self.get_cache_key(request, view)}-{window}", seconds=self.duration)
        except RedisError:
            return True
        self.allowance = Allowance(self.num_requests, used, self.duration - place)
        request._request.allowance = self.allowance  # noqa: SLF001  (DRF's name for the request that the middleware has)
        return used <= self.num_requests

    def wait(self) -> float | None:
        return self.allowance.seconds if self.allowance else None


class AllowanceMiddleware:
    """Tells programs with each answer how many calls they have left."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        response = self.get_response(request)
        allowance: Allowance | None = getattr(request, "allowance", None)
        for name, value in allowance.headers.items() if allowance else ():
            response[name] = value
        return response
