"""The socket of a visit: signalling, presence and waiting room."""

import asyncio
from typing import Any

from channels.db import database_sync_to_async as in_db

from televisit.visitors import Visitor

from .closing import CLEAN, NOT_SIGNED_IN, TAKEN_OVER
from .room import Room
from .waiting import WaitingRoom


class VisitConsumer(WaitingRoom, Room):
    """A page of a visit.

    The page says hello, then signals to peers; see protocol.py. It hears ``waiting, admitted, peer-joined,
    peer-here, peer-left, signal, relays, news, times, by-phone, pong, error``. Closes with 44xx and a reason
    where the page must not come back by itself: those of closing.py.
    """

    async def connect(self) -> None:
        self.code = self.scope["url_route"]["kwargs"]["code"]
        await self.accept()  # first: a close before it reaches the browser as a bare 1006
        self.alarm = asyncio.create_task(self.refuse_silence())
        visitor = await in_db(Visitor.of)(self.scope["user"], self.scope["session"])
        if visitor.account is not None or await in_db(visitor.find_visit)(self.code):
            await self.come_as(visitor)

    async def disconnect(self, code: int) -> None:
        self.stop_alarm()
        await self.leave(clean=code in CLEAN)

    async def on_hello(self, message: dict[str, Any]) -> None:
        """Take the seat: straight in for who is admitted, else into the waiting room."""
        if "token" in message:
            await self.come_by_token(message["token"])
        if self.visit is None:
            await self.put_out(NOT_SIGNED_IN)
            return
        self.peer = message["peer"]
        if await self.sit_down():
            await self.cast("seat.taken", seat=self.seat.uid, channel=self.channel_name)
            await self.channel_layer.group_add(self.visit.group_name, self.channel_name)
            await self.go_on()

    async def go_on(self) -> None:
        """Into the room if admitted, else into the waiting room."""
        if self.seat.is_admitted:
            await self.enter()
        else:
            await self.say("waiting")
            await self.wait()
            await self.cast("visit.news")

    async def seat_changed(self, event: dict[str, Any]) -> None:
        """Admitted or removed."""
        await self.say("news")
        if event["seat"] == self.seat.uid and await self.may_stay() and not self.is_in:
            await self.go_on()

    async def host_paused(self, event: dict[str, Any]) -> None:
        """The doctor has gone into another visit: that page of theirs closes, the others fetch where things stand."""
        await self.say("news")
        if event["seat"] == self.seat.uid:
            await self.put_out(TAKEN_OVER)
