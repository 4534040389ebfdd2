"""Pages with a socket, for the tests: over the whole stack, with session cookie, origin and real Redis."""

import asyncio
import json
import secrets
from collections.abc import Callable, Coroutine
from functools import wraps
from typing import Any

from asgiref.sync import async_to_sync, sync_to_async
from asgiref.testing import ApplicationCommunicator
from channels.layers import channel_layers
from django.conf import settings
from django.test import Client

from clinic.people.models import User
from clinic.routing import sockets
from televisit.models import Visit
from televisit.tests.factories import a_seat_of_the_patient, a_visit

ORIGIN = settings.PUBLIC_URL.encode()
SILENCE = 0.2


def in_loop(test: Callable[..., Coroutine[Any, Any, None]]) -> Callable[..., None]:
    """Run an async test on the test's own database connection, with channel layers of its own loop."""

    @wraps(test)
    def run(*args: Any, **kwargs: Any) -> None:
        channel_layers.backends.clear()
        async_to_sync(test)(*args, **kwargs)

    return run


class Page:
    """One page of one person: what it says and hears over the visit's socket."""

    def __init__(self, code: str, user: User | None, *, origin: bytes = ORIGIN) -> None:
        headers = [(b"origin", origin), (b"host", b"127.0.0.1")]
        if user is not None:
            client = Client()
            client.force_login(user)
            cookie = f"{settings.SESSION_COOKIE_NAME}={client.cookies[settings.SESSION_COOKIE_NAME].value}"
            headers.append((b"cookie", cookie.encode()))
        self.peer = secrets.token_hex(8)
        path = f"/ws/visits/{code}/"
        scope = {"type": "websocket", "path": path, "query_string": b"", "headers": headers, "subprotocols": []}
        self.socket = ApplicationCommunicator(sockets, scope)

    @classmethod
    async def open(cls, visit: Visit | str, user: User | None, **options: Any) -> "Page":
        """A page whose socket is open, or was closed at once."""
        page = await sync_to_async(cls)(visit if isinstance(visit, str) else visit.code, user, **options)
        assert await page.connects()
        return page

    @classmethod
    async def inside(cls, visit: Visit, user: User) -> "Page":
        """A page that has said hello, was let in at once, and whose attendance is written."""
        page = await cls.open(visit, user)
        await page.hello()
        await page.hears("admitted")
        await page.hears("news")
        return page

    async def connects(self) -> bool:
        """Whether the handshake succeeds."""
        await self.socket.send_input({"type": "websocket.connect"})
        return (await self.socket.receive_output(timeout=5))["type"] == "websocket.accept"

    async def hello(self, **facts: str) -> None:
        await self.say(type="hello", peer=self.peer, **facts)

    async def say(self, **message: Any) -> None:
        await self.frame(text=json.dumps(message))

    async def frame(self, **content: str | bytes) -> None:
        """One frame as it is: text or bytes."""
        await self.socket.send_input({"type": "websocket.receive", **content})

    async def signal(self, to: "Page", **data: Any) -> None:
        await self.say(type="signal", to=to.peer, data=data)

    async def hears(self, kind: str) -> dict[str, Any]:
        """The next message of `kind`; those of other kinds that come before are passed over."""
        while True:
            frame = await self.socket.receive_output(timeout=5)
            assert frame["type"] == "websocket.send", f"closed with {frame} while waiting for {kind}"
            message = json.loads(frame["text"])
            if message["type"] == kind:
                return message

    async def is_closed_with(self) -> tuple[int, str]:
        """Code and reason of the close that comes."""
        while True:
            frame = await self.socket.receive_output(timeout=5)
            if frame["type"] == "websocket.close":
                return frame["code"], frame["reason"]

    async def hears_nothing_of(self, kind: str) -> bool:
        """Whether for a moment no message of `kind` comes, and no close."""
        try:
            async with asyncio.timeout(SILENCE):
                await self.hears(kind)
        except TimeoutError:
            return True
        return False

    async def vanish(self) -> None:
        """The line breaks without a goodbye."""
        await self.socket.send_input({"type": "websocket.disconnect", "code": 1006})
        await self.socket.wait(timeout=5)


async def two_pages(**facts: Any) -> tuple[Visit, Page, Page]:
    """A visit with doctor and patient in its room, each with a page; both have heard of the other."""
    visit = await sync_to_async(a_visit)(**facts)
    seat = await sync_to_async(a_seat_of_the_patient)(visit, admitted=True)
    doctor = await Page.inside(visit, visit.host.user)
    patient = await Page.inside(visit, seat.user)
    await patient.hears("peer-here")
    await doctor.hears("peer-joined")
    return visit, doctor, patient
