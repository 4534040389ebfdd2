"""Coming to a visit: who it is, a seat for them, and the waiting room until the doctor admits them."""

from datetime import UTC, datetime, timedelta
from typing import Any

from channels.db import database_sync_to_async as in_db
from django.utils import timezone

from clinic.errors import RuleViolation
from clinic.live import group_of_user
from clinic.people.models import User
from televisit.errors import ConsentMissing, NoSeat, WasRemoved
from televisit.models import Participant, Visit
from televisit.protocol import BadMessage
from televisit.tokens import visitor_of_token
from televisit.visitors import Visitor

from .clock import TimedSocket
from .closing import CLOSED_DOORS, NO_SEAT, NOT_FOUND, REMOVED, TAKEN_OVER

SEEN_EVERY = timedelta(seconds=15)
LONG_AGO = datetime.min.replace(tzinfo=UTC)


def admit(visit: Visit, uid: str, by: User) -> None:
    seat = visit.participants.get(uid=uid)
    seat.visit = visit
    seat.admit(by=by, at=timezone.now())


class WaitingRoom(TimedSocket):
    """The way in, and what who waits says and hears."""

    seen_at = LONG_AGO

    async def on_admit(self, message: dict[str, Any]) -> None:
        """The doctor lets somebody in; the page's button does the same over HTTP."""
        if not self.seat.is_host:
            raise BadMessage("not_allowed")
        if not await self.may_stay():
            return
        try:
            await in_db(admit)(self.visit, message["participant"], self.visitor.account)
        except Participant.DoesNotExist:
            raise BadMessage("no_such_participant") from None
        except RuleViolation as refusal:
            raise BadMessage(refusal.code) from None

    async def on_ping(self, message: dict[str, Any]) -> None:
        if not self.is_in and timezone.now() - self.seen_at > SEEN_EVERY:
            await self.wait()
        await self.say("pong")

    async def come_as(self, visitor: Visitor | None) -> None:
        """Find the visit for `visitor`, or close."""
        self.visitor = visitor
        self.visit = await in_db(visitor.find_visit)(self.code) if visitor else None
        if self.visit is None:
            await self.put_out(NOT_FOUND)

    async def come_by_token(self, token: str) -> None:
        """As whom the token names. In the browser of somebody else it is good for nothing."""
        visitor = await in_db(visitor_of_token)(token, self.code)
        here = self.scope["user"]
        if visitor is not None and here.is_authenticated and visitor.account != here:
            visitor = None
        await self.come_as(visitor)
        await self.follow_user()

    async def follow_user(self) -> None:
        """Who came by a token has no session, and yet may be suspended."""
        if self.visitor is not None and self.visitor.account is not None:
            group = group_of_user(self.visitor.account.pk)
            await self.channel_layer.group_add(group, self.channel_name)
            self.groups.append(group)  # left on disconnect

    async def sit_down(self) -> bool:
        """Whether there is a seat for the page; if not, it is put out with the reason."""
        at = timezone.now()
        if self.visit.phase(at) in CLOSED_DOORS:
            await self.put_out(CLOSED_DOORS[self.visit.phase(at)])
            return False
        try:
            self.seat = await in_db(self.visitor.seat_past_door)(self.visit, at=at)
        except (NoSeat, ConsentMissing):  # the page goes back to the door
            await self.put_out(NO_SEAT)
        except WasRemoved:
            await self.put_out(REMOVED)
        self.set_alarm()
        return self.seat is not None

    async def wait(self) -> None:
        self.seen_at = timezone.now()
        await in_db(self.seat.wait)(at=self.seen_at)

    async def visit_news(self, event: dict[str, Any]) -> None:
        """Somebody came or went: the page fetches what it shows."""
        await self.say("news")

    async def seat_taken(self, event: dict[str, Any]) -> None:
        """The same person has come with another page, or this one has dialled again: the newest has the seat."""
        if event["seat"] == self.seat.uid and event["channel"] != self.channel_name:
            await self.get_up()  # the newer page speaks, perhaps under the same peer name
            await self.put_out(TAKEN_OVER)
