"""Who opens a socket: a browser by its session cookie, a program by its session token."""

from typing import Any
from uuid import uuid4

from allauth.headless import app_settings
from channels.auth import AuthMiddlewareStack, get_user
from channels.db import database_sync_to_async as in_db
from channels.security.websocket import AllowedHostsOriginValidator
from django.contrib.auth.models import AnonymousUser
from django_guid import set_guid

from clinic.live import NOT_FOUND
from clinic.metrics import SOCKETS
from clinic.people.second_factor import is_missing

TOKEN_HEADER = b"x-session-token"


class SignedInSockets:
    """Puts `user` and `session` into the scope of the sockets in `app`; who is unknown is anonymous there.

    A browser must come from a page of ours. A program need not: no page can make a browser send the token's header.
    """

    def __init__(self, app: Any) -> None:
        self.app = WithSecondFactor(app)
        self.browsers = AllowedHostsOriginValidator(AuthMiddlewareStack(self.app))

    async def __call__(self, scope: dict[str, Any], receive: Any, send: Any) -> Any:
        set_guid(uuid4().hex)  # what is logged of this socket, and what it sets going
        with SOCKETS.track_inprogress():
            return await self.open(scope, receive, send)

    async def open(self, scope: dict[str, Any], receive: Any, send: Any) -> Any:
        if "\0" in scope["path"]:  # which PostgreSQL cannot even be asked about
            return await refuse(receive, send)
        token = dict(scope["headers"]).get(TOKEN_HEADER, b"").decode("latin-1")
        if not token:
            return await self.browsers(scope, receive, send)
        return await self.app(await with_owner(scope, token), receive, send)


class WithSecondFactor:
    """To the sockets in `app`, who misses the second step of signing in is nobody yet."""

    def __init__(self, app: Any) -> None:
        self.app = app

    async def __call__(self, scope: dict[str, Any], receive: Any, send: Any) -> Any:
        if await in_db(is_missing)(scope["user"], scope["session"]):
            scope = {**scope, "user": AnonymousUser()}
        return await self.app(scope, receive, send)


async def refuse(receive: Any, send: Any) -> None:
    """A socket that closes as for what does not exist."""
    code, reason = NOT_FOUND
    await receive()
    await send({"type": "websocket.accept"})  # first: a close before it reaches the browser as a bare 1006
    await send({"type": "websocket.close", "code": code, "reason": reason})


async def with_owner(scope: dict[str, Any], token: str) -> dict[str, Any]:
    """`scope` with the session that `token` names, and its user."""
    session = await in_db(app_settings.TOKEN_STRATEGY.lookup_session)(token) or {}
    scope = {**scope, "session": session}
    return {**scope, "user": await get_user(scope)}
