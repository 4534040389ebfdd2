"""Sockets for the tests: over the whole stack, with session cookie, origin and real Redis."""

import json
from typing import Any

from asgiref.sync import sync_to_async
from asgiref.testing import ApplicationCommunicator
from django.conf import settings
from django.test import Client

from clinic.people.models import User
from clinic.routing import sockets

SILENCE = 0.2


class Socket:
    """One page's socket: what it hears, and how it is closed."""

    def __init__(self, path: str, user: User | None, *, cookie: str = "") -> None:
        headers = [(b"origin", settings.PUBLIC_URL.encode()), (b"host", b"127.0.0.1")]
        if user is not None:
            client = Client()
            client.force_login(user)
            cookie = client.cookies[settings.SESSION_COOKIE_NAME].value
        if cookie:
            headers.append((b"cookie", f"{settings.SESSION_COOKIE_NAME}={cookie}".encode()))
        scope = {"type": "websocket", "path": path, "query_string": b"", "headers": headers, "subprotocols": []}
        self.wire = ApplicationCommunicator(sockets, scope)

    @classmethod
    async def open(cls, path: str, user: User | None, *, cookie: str = "") -> "Socket":
        """A socket of `user`, or of the browser whose session `cookie` is, that is open or was closed at once."""
        socket = await sync_to_async(cls)(path, user, cookie=cookie)
        await socket.wire.send_input({"type": "websocket.connect"})
        assert (await socket.frame())["type"] == "websocket.accept"
        return socket

    async def says(self, **content: str | bytes) -> None:
        """One frame as it is: text or bytes."""
        await self.wire.send_input({"type": "websocket.receive", **content})

    async def hears(self) -> Any:
        frame = await self.frame()
        assert frame["type"] == "websocket.send", frame
        return json.loads(frame["text"])

    async def hears_nothing(self) -> bool:
        return await self.wire.receive_nothing(timeout=SILENCE)

    async def is_closed_with(self) -> tuple[int, str]:
        """Code and reason of the close that comes next."""
        frame = await self.frame()
        assert frame["type"] == "websocket.close", frame
        return frame["code"], frame["reason"]

    async def frame(self) -> dict[str, Any]:
        return await self.wire.receive_output(timeout=5)
