"""Sockets that say that there is news. What it is, the page fetches over HTTP, where access is checked.

Every socket of a signed-in person closes when the session ends, or when the person may not work here any more.
"""

from abc import ABC, abstractmethod
from hashlib import sha256
from typing import Any

from asgiref.sync import async_to_sync
from channels.db import database_sync_to_async as in_db
from channels.generic.websocket import AsyncJsonWebsocketConsumer
from channels.layers import get_channel_layer
from django.contrib.auth.models import AnonymousUser
from django.contrib.sessions.models import Session
from django.db import transaction
from django.utils import timezone

MAX_CHARACTERS = 1000

NOT_LISTENING = (4400, "takes_no_messages")
NOT_SIGNED_IN = (4401, "not_signed_in")
TRY_AGAIN = (1013, "try_again")  # the page dials again
SIGNED_OUT = (4401, "signed_out")
SUSPENDED = (4403, "suspended")
NOT_FOUND = (4404, "not_found")
TOO_LARGE = (4413, "too_large")


def tell_once_committed(group: str, message: dict[str, Any]) -> None:
    """Send `message` to every socket of `group`, in whatever process it is, when what it tells of is so.

    Without harm to who tells: if Redis is away, that is logged, and pages find the news when they ask.
    """

    def tell() -> None:  # no partial: Django's log of a failed hook wants a name
        async_to_sync(get_channel_layer().group_send)(group, message)

    transaction.on_commit(tell, robust=True)


def group_of_session(key: str) -> str:
    """The group of a session's open sockets; its name does not give the key away."""
    return f"session.{sha256(key.encode()).hexdigest()}"


def group_of_user(pk: int) -> str:
    """The group of all open sockets of a user, in every browser and program."""
    return f"user.{pk}"


def is_alive(key: str) -> bool:
    """Whether the session `key` has not ended."""
    return Session.objects.filter(session_key=key, expire_date__gt=timezone.now()).exists()


def close_sockets(group: str, why: tuple[int, str]) -> None:
    """Close every socket of `group`, once what takes them their right is committed."""
    code, reason = why
    tell_once_committed(group, {"type": "owner.gone", "code": code, "reason": reason})


class OwnedSocket(ABC):
    """What every consumer of ours does first: it joins the groups of its session and user, which may close it."""

    scope: dict[str, Any]
    groups: list[str]
    channel_layer: Any
    channel_name: str

    async def websocket_connect(self, message: dict[str, Any]) -> None:
        user = self.scope["user"]
        if user.is_authenticated:
            key = self.scope["session"].session_key
            self.groups = [*self.groups, group_of_session(key), group_of_user(user.pk)]  # left on disconnect
            await self.channel_layer.group_add(group_of_session(key), self.channel_name)
            if not await in_db(is_alive)(key):  # ended since the handshake, before we would have heard of it
                self.scope["user"] = AnonymousUser()
        await super().websocket_connect(message)  # type: ignore[misc]

    async def owner_gone(self, event: dict[str, Any]) -> None:
        await self.put_out((event["code"], event["reason"]))

    @abstractmethod
    async def put_out(self, why: tuple[int, str]) -> None:
        """Close for good."""


class NewsConsumer(OwnedSocket, AsyncJsonWebsocketConsumer):
    """A socket that speaks and does not listen.

    Closes with a code and a reason: `refusal` where there is nothing to follow, 4400 when the page sends a message,
    4413 when that is a large one.
    """

    refusal = NOT_FOUND
    is_out = False

    @abstractmethod
    async def find_group(self) -> str | None:
        """The Channels group that this page may follow, if any."""

    async def connect(self) -> None:
        group = await self.find_group()
        if group is not None:  # before the page hears that it is open and fetches: nothing falls in between
            await self.channel_layer.group_add(group, self.channel_name)
            self.groups.append(group)  # left on disconnect
        await self.accept()  # before a refusal too: a close without it reaches the browser as a bare 1006
        if group is None:
            await self.put_out(self.refusal)

    async def receive(self, text_data: str | None = None, bytes_data: bytes | None = None, **kwargs: Any) -> None:
        is_large = len(text_data or bytes_data or "") > MAX_CHARACTERS
        await self.put_out(TOO_LARGE if is_large else NOT_LISTENING)

    async def dispatch(self, message: dict[str, Any]) -> None:
        """Once put out, nothing more is heard or said."""
        if not self.is_out or message["type"] == "websocket.disconnect":
            await super().dispatch(message)

    async def put_out(self, why: tuple[int, str]) -> None:
        """Close for good: the page does not come back by itself."""
        self.is_out = True
        await self.close(*why)
