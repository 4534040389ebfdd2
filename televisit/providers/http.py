"""Calls of a video service's HTTP interface: only to a safe address, within a time limit, with typed errors."""

import ipaddress
import json
import re
import ssl
import time
from collections.abc import Callable, Mapping
from datetime import UTC, datetime, timedelta
from email.utils import parsedate_to_datetime
from functools import cache
from typing import Any
from urllib.parse import urlencode, urlsplit

import httpx
from django.conf import settings
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from .errors import (
    BadAccount,
    BadAnswer,
    ProviderError,
    RateLimited,
    RefusedCredentials,
    RoomGone,
    Unreachable,
    WrongClock,
)

TIMEOUT = httpx.Timeout(8, connect=3)
WHOLE_CALL_SECONDS = 12.0
PAUSES = (0.3, 1.0)  # before the second and the third try
LARGEST_ANSWER = 1_000_000
CLOCKS_MAY_DIFFER = timedelta(seconds=90)
HOST = r"(?:[\w.-]+|\[[0-9A-Fa-f:.]+\])(?::\d{1,5})?"
ADDRESS = re.compile(rf"[A-Za-z]+://{HOST}(?:/[\w./~%-]*)?", re.ASCII)  # nothing that would end a line of a policy

pause = time.sleep


class Refused(ProviderError):
    """The service says that what we ask is wrong."""

    code = "video_service_refused"
    message = _("The video service refused what was asked.")


class Api:
    """The interface at `base_url`. `headers` makes those of one call, so that what is signed in them is fresh.

    All that a provider asks may be asked twice without harm, and is, where the service is busy or gone for a moment.
    """

    def __init__(self, base_url: str, headers: Callable[[], Mapping[str, str]]) -> None:
        self.base_url = base_url.rstrip("/")
        self.headers = headers
        self.skew = timedelta(0)

    def get(self, path: str, **params: Any) -> Any:
        return self.call("GET", path, params=params)

    def call(self, method: str, path: str, **request: Any) -> Any:
        """What the service answers, as JSON; None for no content. `request` is as httpx takes it."""
        body = self._call(method, path, request)
        return parsed(body) if body else None

    def fetch(self, path: str) -> bytes:
        """A page of the service."""
        return self._call("GET", path, {})

    def refuse_wrong_clock(self) -> None:
        """Raise WrongClock if the last answer came from another time."""
        if abs(self.skew) > CLOCKS_MAY_DIFFER:
            raise WrongClock

    def _call(self, method: str, path: str, request: dict[str, Any]) -> bytes:
        refuse_unsafe(self.base_url)
        for seconds_between in PAUSES:
            try:
                return self._once(method, path, request)
            except (RateLimited, Unreachable) as error:
                if error.is_slow:
                    raise
                pause(seconds_between)
        return self._once(method, path, request)

    def _once(self, method: str, path: str, request: dict[str, Any]) -> bytes:
        try:
            status, body = self._fetch(method, path, request)
        except httpx.TimeoutException as error:
            raise Unreachable(is_slow=True) from error
        except (httpx.HTTPError, httpx.InvalidURL) as error:
            raise Unreachable from error
        self._refuse_error(status, body)
        return body

    def _fetch(self, method: str, path: str, request: dict[str, Any]) -> tuple[int, bytes]:
        """Status and body. A service that trickles is given up as one that is silent."""
        deadline, body = time.monotonic() + WHOLE_CALL_SECONDS, b""
        with (
            httpx.Client(timeout=TIMEOUT, verify=certificates()) as client,
            client.stream(method, self.base_url + path, headers=dict(self.headers()), **request) as response,
        ):
            self.skew = skew_of(response.headers.get("date", ""))
            for part in response.iter_bytes():
                body += part
                if len(body) > LARGEST_ANSWER:
                    raise BadAnswer
                if time.monotonic() > deadline:
                    raise Unreachable(is_slow=True)
        return response.status_code, body

    def _refuse_error(self, status: int, body: bytes) -> None:
        """Raise what an answer means that is no success."""
        if status in {401, 403}:
            self.refuse_wrong_clock()
            raise RefusedCredentials
        if status == 404:
            raise RoomGone
        if status == 429:
            raise RateLimited
        if status >= 500:
            raise Unreachable
        if status >= 400:
            reason = reason_of(body)
            raise Refused(reason and _("The video service refused what was asked: {reason}").format(reason=reason))
        if status >= 300:
            raise BadAnswer


@cache
def certificates() -> ssl.SSLContext:
    """Whom we trust to be who they say they are: read once, since it takes as long as a call."""
    return httpx.create_ssl_context()


def refuse_unsafe(address: str) -> None:
    """Raise BadAccount for an address that is not https. Tests may have their services on this machine."""
    try:
        parts = urlsplit(address)
    except ValueError:
        raise BadAccount(_("This is no address.")) from None
    if not ADDRESS.fullmatch(address):
        raise BadAccount(_("This is no address."))
    is_allowed = parts.scheme == "http" and settings.VIDEO_HTTP_ON_LOOPBACK and is_loopback(parts.hostname or "")
    if parts.scheme != "https" and not is_allowed:
        raise BadAccount(_("The address of a video service must begin with https://, so that nobody listens in."))


def is_loopback(host: str) -> bool:
    try:
        return ipaddress.ip_address(host).is_loopback
    except ValueError:
        return host == "localhost"


def origin_of(url: str) -> str:
    """Scheme, host and port, as browsers compare them. Raises BadAnswer for what does not belong into a policy."""
    parts = urlsplit(url)
    origin = f"{parts.scheme}://{parts.netloc}"
    if not ADDRESS.fullmatch(origin):
        raise BadAnswer
    return origin


def with_facts(url: str, **facts: str) -> str:
    """The address, and after a # what is not empty: for the page's script, and for no server."""
    said = urlencode({name: value for name, value in facts.items() if value})
    return f"{url}#{said}" if said else url


def websocket_of(url: str) -> str:
    """The same address for a WebSocket: https becomes wss."""
    return url.replace("http", "ws", 1)


def parsed(body: bytes) -> Any:
    try:
        return json.loads(body)
    except (ValueError, RecursionError):
        raise BadAnswer from None


def text_at(answer: Any, *path: str | int) -> str:
    """The text under `path` in an answer. Raises BadAnswer where there is none that could be kept."""
    for step in path:
        try:
            answer = answer[step]
        except (KeyError, IndexError, TypeError):
            raise BadAnswer from None
    if not isinstance(answer, str) or not answer or not answer.isprintable():
        raise BadAnswer
    return answer


def rows_at(answer: Any, *path: str) -> list[dict[str, Any]]:
    """The objects under `path` in an answer; raises BadAnswer where there is no list of them."""
    for step in path:
        answer = answer.get(step) if isinstance(answer, dict) else None
    if not isinstance(answer, list) or not all(isinstance(row, dict) for row in answer):
        raise BadAnswer
    return answer


def reason_of(body: bytes) -> str:
    """What the service itself says is wrong, if it says so as services do; any other page is none of ours to show."""
    try:
        answer = json.loads(body)
    except (ValueError, RecursionError):
        return ""
    if not isinstance(answer, dict):
        return ""
    words = [str(answer[name]) for name in ("error", "info", "message", "msg", "description") if answer.get(name)]
    return "".join(filter(str.isprintable, ": ".join(words)))[:200]


def skew_of(date: str) -> timedelta:
    """By how much the clock of who wrote the header `date` is ahead of ours."""
    try:
        sent_at = parsedate_to_datetime(date)
    except ValueError:
        return timedelta(0)
    return (sent_at if sent_at.tzinfo else sent_at.replace(tzinfo=UTC)) - timezone.now()


def seconds(at: datetime) -> int:
    """Unix time, as tokens have it."""
    return int(at.timestamp())
