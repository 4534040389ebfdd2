"""The clock of a visit's socket: who says nothing is put out, and everybody at the visit's last moment."""

import asyncio
from typing import Any

from django.db import DatabaseError
from django.utils import timezone

from televisit.clock import page_clock
from televisit.models import Visit

from .base import VisitSocket
from .closing import CLOSED_DOORS, NOT_SIGNED_IN

GREETING_SECONDS = 10


class TimedSocket(VisitSocket):
    """Closes by itself."""

    alarm: asyncio.Task[None] | None = None

    async def refuse_silence(self) -> None:
        await asyncio.sleep(GREETING_SECONDS)
        async with self.turn:
            await self.put_out(NOT_SIGNED_IN)

    def set_alarm(self) -> None:
        self.stop_alarm()
        if self.seat is not None:
            self.alarm = asyncio.create_task(self.close_on_time())

    def stop_alarm(self) -> None:
        if self.alarm is not None:
            self.alarm.cancel()

    async def close_on_time(self) -> None:
        """At the visit's last moment, put the page out; no matter what becomes of Redis and the tasks.

        Unless the doctor has added time, and Redis did not say so.
        """
        while not self.is_out:
            left = (self.visit.expires_at - timezone.now()).total_seconds()
            await asyncio.sleep(max(0, left))
            async with self.turn:
                await self.close_if_over()

    async def close_if_over(self) -> None:
        if timezone.now() < self.visit.expires_at:
            return
        try:
            is_extended = await self.may_stay()
        except DatabaseError:
            await self.put_out(CLOSED_DOORS[Visit.Phase.OVER])
            return
        if is_extended:
            await self.say("times", **page_clock(self.visit, timezone.now()))

    async def visit_changed(self, event: dict[str, Any]) -> None:
        """Moved, ended or cancelled."""
        if await self.may_stay():
            self.set_alarm()
            await self.say("times", **page_clock(self.visit, timezone.now()))
