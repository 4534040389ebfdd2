"""What every fake video service has in common: a server on this machine that is as strict as the contract.

A test may set `mood` (how the service fails), `clock` (by how much its clock is ahead) and read `calls`.
"""

import json
import re
import sys
from abc import ABC, abstractmethod
from collections.abc import Callable
from contextlib import suppress
from datetime import UTC, datetime, timedelta
from email.utils import format_datetime
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from threading import Event, Lock, Thread
from typing import Any, ClassVar
from urllib.parse import parse_qs, parse_qsl, urlsplit

GARBAGE = b"<html><body>Welcome to the hotel</body></html>"
UNTIMED = {"verify_exp": False, "verify_nbf": False, "verify_iat": False}  # the fake's own clock decides
LONG_SECRET = "a-secret-of-more-than-thirty-two-characters"


class Refusal(Exception):
    """The service's answer to a call that breaks the contract."""

    def __init__(self, status: int, body: Any = None) -> None:
        super().__init__(status)
        self.status, self.body = status, body


class NoEntry(Exception):
    """The room does not let this browser in."""


class Call:
    """A request, as the service reads it."""

    def __init__(self, handler: BaseHTTPRequestHandler) -> None:
        parts = urlsplit(handler.path)
        self.method, self.path = handler.command, parts.path
        self.query = dict(parse_qsl(parts.query))
        self.headers = handler.headers
        self.body = handler.rfile.read(int(handler.headers.get("Content-Length") or 0))

    def json(self) -> dict[str, Any]:
        if self.headers.get_content_type() != "application/json":
            raise Refusal(415)
        try:
            return json.loads(self.body)
        except ValueError:
            raise Refusal(400) from None

    def form(self) -> dict[str, str]:
        if self.headers.get_content_type() != "application/x-www-form-urlencoded":
            raise Refusal(415)
        return {name: values[0] for name, values in parse_qs(self.body.decode()).items()}


def route(method: str, pattern: str) -> Callable[[Any], Any]:
    """Decorator of what answers calls of `method` to a path; the groups of `pattern` are its further arguments."""

    def mark(function: Any) -> Any:
        function.route = re.compile(f"{method} {pattern}")
        return function

    return mark


class FakeService(ABC):
    """`with FakeDaily() as fake:` — `fake.account` is the contract of a clinic with it."""

    base: ClassVar[str] = ""  # of its API's addresses; its pages are at the root
    provider: ClassVar[type]
    credentials: ClassVar[dict[str, str]] = {}
    has_calls: ClassVar[bool] = True
    lists_rooms: ClassVar[bool] = True
    bans: ClassVar[bool] = True  # who was put out cannot come back at once

    def __init__(self) -> None:
        self.mood = ""
        self.clock = timedelta(0)
        self.calls: list[Call] = []
        self.inside: dict[str, dict[str, bool]] = {}  # room, person, whether with the doctor's rights
        self.lock = Lock()
        self.is_over = Event()
        self.routes = [getattr(self, name) for name in dir(type(self)) if hasattr(getattr(type(self), name), "route")]

    def __enter__(self) -> "FakeService":
        self.server = Server(("127.0.0.1", 0), type("OfOneFake", (Handler,), {"fake": self}))
        Thread(target=self.server.serve_forever, kwargs={"poll_interval": 0.02}, daemon=True).start()
        return self

    def __exit__(self, *error: object) -> None:
        self.is_over.set()
        self.server.shutdown()
        self.server.server_close()

    @property
    def origin(self) -> str:
        return f"http://127.0.0.1:{self.server.server_port}"

    @property
    def address(self) -> str:
        return self.origin + self.base

    @property
    def account(self) -> Any:
        from televisit.providers import Account

        return Account(credentials=self.given_credentials(), base_url=self.address)

    def given_credentials(self) -> dict[str, str]:
        return dict(self.credentials)

    def now(self) -> datetime:
        return datetime.now(UTC) + self.clock

    def seconds(self) -> int:
        return int(self.now().timestamp())

    def present(self, room: Any) -> set[str]:
        """Who is in the room."""
        return set(self.inside.get(room.name, {}))

    def enter(self, entry: Any, *, room: Any = None) -> bool:
        """A browser enters by `entry`, or tries another room with it. Gives whether it has the doctor's rights.

        Raises NoEntry.
        """
        name, person, is_host = self.admit(entry, room)
        self.inside.setdefault(name, {})[person] = is_host
        return is_host

    @abstractmethod
    def admit(self, entry: Any, room: Any) -> tuple[str, str, bool]:
        """Room, person and rights for who comes with `entry`."""

    def webhook(self, kind: str, room: Any, person_uid: str = "", **facts: Any) -> tuple[dict[str, str], bytes]:
        """A signed message: headers and body. `kind` is one of ours; `at` and `key` may be given.

        One that tells nothing refuses.
        """
        raise Refusal(404)

    def answer(self, call: Call) -> tuple[int, Any]:
        for function in self.routes:
            match = function.route.fullmatch(f"{call.method} {call.path}")
            if match:
                with self.lock:
                    return 200, function(call, *match.groups())
        raise Refusal(404)


MOODS = {
    "429": (429, b'{"error": "rate-limit-error"}'),
    "500": (500, b"Internal Server Error"),
    "garbage": (200, GARBAGE),
    "wrong shape": (200, b'{"what": ["this", "is"]}'),
    "deep": (200, b"[" * 100_000),
    "huge": (200, b'"' + b"x" * 3_000_000 + b'"'),
    "elsewhere": (302, b""),
}


class Server(ThreadingHTTPServer):
    daemon_threads = True

    def handle_error(self, request: Any, client_address: Any) -> None:
        """Say what is wrong with the fake; that somebody hung up is not."""
        if not isinstance(sys.exc_info()[1], ConnectionError):
            super().handle_error(request, client_address)


class Handler(BaseHTTPRequestHandler):
    """Reads one call, and answers as the fake's mood is."""

    protocol_version = "HTTP/1.1"
    fake: FakeService

    def do_GET(self) -> None:
        self.take()

    def do_POST(self) -> None:
        self.take()

    def do_DELETE(self) -> None:
        self.take()

    def take(self) -> None:
        call = Call(self)
        self.fake.calls.append(call)
        if self.fake.mood == "slow":
            self.fake.is_over.wait()
        if self.fake.mood == "hangs up":
            self.close_connection = True
            return
        with suppress(BrokenPipeError, ConnectionResetError):  # who asked has given up
            self.write(*self.answer(call))

    def answer(self, call: Call) -> tuple[int, Any]:
        if self.fake.mood in MOODS:
            return MOODS[self.fake.mood]
        try:
            return self.fake.answer(call)
        except Refusal as refusal:
            return refusal.status, refusal.body

    def write(self, status: int, answer: Any) -> None:
        kind = "text/html" if isinstance(answer, str) else "application/json"
        body = answer.encode() if isinstance(answer, str) else answer
        if not isinstance(body, bytes):
            body = b"" if body is None else json.dumps(body).encode()
        self.send_response(204 if status == 200 and not body else status)
        self.send_header("Content-Type", kind)
        self.send_header("Content-Length", str(len(body)))
        self.send_header("Location", f"{self.fake.origin}/elsewhere")
        self.end_headers()
        self.wfile.write(body)

    def date_time_string(self, timestamp: float | None = None) -> str:
        return format_datetime(self.fake.now(), usegmt=True)

    def log_message(self, *arguments: object) -> None:
        """Tests print nothing."""
