"""What every page of a visit says and hears, whichever room it is in."""

import asyncio
import json
from typing import Any

from channels.db import database_sync_to_async as in_db
from channels.generic.websocket import AsyncWebsocketConsumer
from django.utils import timezone

from clinic.live import TRY_AGAIN, OwnedSocket
from televisit.models import Attendance, Participant, Visit
from televisit.protocol import BadMessage, Bucket, TooLarge, read_message
from televisit.visitors import Visitor

from .closing import CLOSED_DOORS, FLOODING, NO_SEAT, REMOVED, TOO_LARGE


def reread(seat: Participant, visitor: Visitor) -> Participant | None:
    """The seat and its visit as they are now; None if `visitor` may not come to it any more."""
    visit = Visit.objects.with_parties().filter(pk=seat.visit_id).first()
    fresh = Participant.objects.select_related("user").filter(pk=seat.pk).first()
    if visit is None or fresh is None or not visitor.may_come_to(visit):
        return None
    fresh.visit = visit
    return fresh


class VisitSocket(OwnedSocket, AsyncWebsocketConsumer):
    """One page of one participant. Holds nothing that another process needs.

    Seats, admission and attendance are rows; who else is here, and at which channel, is what the others said.
    """

    visitor: Any = None
    visit: Any = None  # the Visit, once somebody is known who may come to it
    seat: Any = None  # the Participant, from hello until the page is put out
    attendance: Attendance | None = None
    peer = ""
    is_in = False
    is_out = False

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.turn = asyncio.Lock()
        self.bucket = Bucket(capacity=150, each_second=30)
        self.present: dict[str, str] = {}  # the channel of each peer that has made itself known

    async def dispatch(self, message: dict[str, Any]) -> None:
        """One thing at a time; once put out, nothing more."""
        async with self.turn:
            if not self.is_out or message["type"] == "websocket.disconnect":
                await super().dispatch(message)

    async def receive(self, text_data: str | None = None, bytes_data: bytes | None = None) -> None:
        if not self.bucket.take():
            await self.put_out(FLOODING)
            return
        try:
            message = read_message(text_data)
            await self.handle(message)
        except TooLarge:
            await self.put_out(TOO_LARGE)
        except BadMessage as problem:
            await self.say("error", code=problem.code)

    async def handle(self, message: dict[str, Any]) -> None:
        is_seated = self.seat is not None
        if is_seated == (message["type"] == "hello"):
            raise BadMessage("hello_once_and_first")
        await getattr(self, f"on_{message['type']}")(message)

    async def on_bye(self, message: dict[str, Any]) -> None:
        await self.put_out((1000, "bye"))

    async def leave(self, *, clean: bool) -> None:
        """Get up and tell the others; safe to run again."""
        seat, was_in = self.seat, self.is_in
        await self.get_up()
        if seat is None:
            return
        if was_in:
            await self.cast("peer.left", peer=self.peer, clean=clean)
        else:
            await in_db(seat.stop_waiting)()
            await self.cast("visit.news")

    async def get_up(self) -> None:
        """Leave the group and end the attendance, without a word to the others."""
        attendance, is_seated = self.attendance, self.seat is not None
        self.seat = self.attendance = None
        self.is_in = False
        if is_seated:
            await self.channel_layer.group_discard(self.visit.group_name, self.channel_name)
        if attendance is not None:
            await in_db(attendance.leave)(at=timezone.now())

    async def may_stay(self) -> bool:
        """Read seat and visit again; whether the page may go on. If not, it is put out with the reason."""
        fresh = await in_db(reread)(self.seat, self.visitor)
        if fresh is None:
            await self.put_out(NO_SEAT)
            return False
        self.seat, self.visit = fresh, fresh.visit
        phase = self.visit.phase(timezone.now())
        if phase in CLOSED_DOORS:
            await self.put_out(CLOSED_DOORS[phase])
        elif self.seat.is_removed:
            await self.put_out(REMOVED)
        return not self.is_out

    async def put_out(self, why: tuple[int, str]) -> None:
        """Close; the page comes back by itself only when it is to try again."""
        if self.is_out:
            return
        self.is_out = True
        code, reason = why
        await self.leave(clean=why != TRY_AGAIN)
        await self.close(code, reason)

    # Small things

    @property
    def me(self) -> dict[str, str]:
        """How this page looks to the others."""
        return {"peer": self.peer, "participant": self.seat.uid, "role": self.seat.role, "name": self.seat.name}

    async def say(self, kind: str, **facts: Any) -> None:
        """One message to the page."""
        if not self.is_out:
            await self.send(json.dumps({"type": kind, **facts}))

    async def cast(self, kind: str, **facts: Any) -> None:
        """One message to every socket of the visit, this one included."""
        await self.channel_layer.group_send(self.visit.group_name, {"type": kind, **facts})
