"""The socket of a visit: signalling, presence and waiting room."""

import asyncio
import json
from datetime import UTC, datetime, timedelta
from typing import Any

from channels.db import database_sync_to_async as in_db
from channels.exceptions import ChannelFull
from channels.generic.websocket import AsyncWebsocketConsumer
from django.conf import settings
from django.db import DatabaseError
from django.utils import timezone

from clinic.errors import RuleViolation
from clinic.live import OwnedSocket, group_of_user
from clinic.people.models import User

from .clock import page_clock
from .errors import NoSeat, RoomIsFull, WasRemoved
from .models import Attendance, Participant, Visit
from .protocol import BadMessage, Bucket, TooLarge, read_message
from .providers import provider_of
from .tokens import user_of_token

GREETING_SECONDS = 10
SEEN_EVERY = timedelta(seconds=15)
LONG_AGO = datetime.min.replace(tzinfo=UTC)
CLEAN = {1000, 1001}  # the page said goodbye, or was closed

NOT_SIGNED_IN = (4401, "not_signed_in")
REMOVED = (4403, "removed")
NO_SEAT = (4403, "no_seat")
NOT_FOUND = (4404, "not_found")
TAKEN_OVER = (4409, "taken_over")
FULL = (4409, "full")
TOO_LARGE = (4413, "too_large")
FLOODING = (4429, "flooding")
TRY_AGAIN = (1013, "try_again")  # the page dials again
CLOSED_DOORS = {
    Visit.Phase.EARLY: (4425, "early"),
    Visit.Phase.OVER: (4408, "expired"),
    Visit.Phase.ENDED: (4410, "ended"),
    Visit.Phase.CANCELLED: (4410, "cancelled"),
}


def find_visit(user: Any, code: str) -> Visit | None:
    return Visit.objects.with_seat_for(user).with_parties().coded(code).first()


def reread(seat: Participant, user: User) -> Participant | None:
    """The seat and its visit as they are now; None if `user` may not come to it any more."""
    visit = Visit.objects.with_seat_for(user).with_parties().filter(pk=seat.visit_id).first()
    fresh = Participant.objects.select_related("user").filter(pk=seat.pk).first()
    if visit is None or fresh is None:
        return None
    fresh.visit = visit
    return fresh


def admit(visit: Visit, uid: str, by: User) -> None:
    seat = visit.participants.get(uid=uid)
    seat.visit = visit
    seat.admit(by=by, at=timezone.now())


class VisitConsumer(OwnedSocket, AsyncWebsocketConsumer):
    """One page of one participant. Holds nothing that another process needs.

    Seats, admission and attendance are rows; who else is here, and at which channel, is what the others said.
    The page says hello, then signals to peers; see protocol.py. It hears ``waiting, admitted, peer-joined,
    peer-here, peer-left, signal, relays, news, times, by-phone, pong, error``. Closes with 44xx and a reason
    where the page must not come back by itself: those above.
    """

    user: Any = None
    visit: Any = None  # the Visit, once somebody is known who may come to it
    seat: Any = None  # the Participant, from hello until the page is put out
    attendance: Attendance | None = None
    peer = ""
    is_in = False
    is_out = False
    seen_at = LONG_AGO
    alarm: asyncio.Task[None] | None = None

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

    async def connect(self) -> None:
        self.code = self.scope["url_route"]["kwargs"]["code"]
        await self.accept()  # first: a close before it reaches the browser as a bare 1006
        self.alarm = asyncio.create_task(self.refuse_silence())
        if self.scope["user"].is_authenticated:
            await self.come_as(self.scope["user"])

    async def disconnect(self, code: int) -> None:
        self.stop_alarm()
        await self.leave(clean=code in CLEAN)

    # What the page says

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

    async def on_hello(self, message: dict[str, Any]) -> None:
        """Take the seat: straight in for who is admitted, else into the waiting room."""
        if "token" in message:
            await self.come_as(await in_db(user_of_token)(message["token"], self.code))
            await self.follow_user()
        if self.visit is None:
            await self.put_out(NOT_SIGNED_IN)
            return
        self.peer = message["peer"]
        await self.cast("seat.taken", user=self.user.pk, channel=self.channel_name)
        await self.channel_layer.group_add(self.visit.group_name, self.channel_name)
        if await self.sit_down():
            await self.go_on()

    async def on_signal(self, message: dict[str, Any]) -> None:
        """Pass a signal on to one peer of this visit. What opens a connection is checked against the rows first."""
        channel = self.present.get(message["to"])
        if not self.is_in or channel is None:
            raise BadMessage("no_such_peer")
        if "description" in message["data"] and not await self.may_stay():
            return
        try:
            await self.channel_layer.send(channel, {"type": "peer.signal", "from": self.peer, "data": message["data"]})
        except ChannelFull:
            raise BadMessage("peer_is_busy") from None
        except (ValueError, OverflowError):  # half a character, or a number too large for the channel layer
            raise BadMessage("malformed") from None

    async def on_admit(self, message: dict[str, Any]) -> None:
        """The doctor lets somebody in; the page's button does the same over HTTP."""
        if not self.seat.is_host:
            raise BadMessage("not_allowed")
        if not await self.may_stay():
            return
        try:
            await in_db(admit)(self.visit, message["participant"], self.user)
        except Participant.DoesNotExist:
            raise BadMessage("no_such_participant") from None
        except RuleViolation as refusal:
            raise BadMessage(refusal.code) from None

    async def on_relays(self, message: dict[str, Any]) -> None:
        """Fresh credentials for the TURN server, for who may still be here."""
        if not self.is_in:
            raise BadMessage("not_allowed")
        if await self.may_stay():
            await self.say("relays", **self.relays(timezone.now()))

    async def on_ping(self, message: dict[str, Any]) -> None:
        if not self.is_in and timezone.now() - self.seen_at > SEEN_EVERY:
            await self.wait()
        await self.say("pong")

    async def on_bye(self, message: dict[str, Any]) -> None:
        await self.put_out((1000, "bye"))

    # Coming and going

    async def come_as(self, user: User | None) -> None:
        """Find the visit for `user`, or close."""
        self.user = user
        self.visit = await in_db(find_visit)(user, self.code) if user else None
        if self.visit is None:
            await self.put_out(NOT_FOUND)

    async def follow_user(self) -> None:
        """Who came by a token has no session, and yet may be suspended."""
        if self.user is not None:
            group = group_of_user(self.user.pk)
            await self.channel_layer.group_add(group, self.channel_name)
            self.groups.append(group)  # left on disconnect

    async def sit_down(self) -> bool:
        """Whether there is a seat for the page; if not, it is put out with the reason."""
        at = timezone.now()
        if self.visit.phase(at) in CLOSED_DOORS:
            await self.put_out(CLOSED_DOORS[self.visit.phase(at)])
            return False
        try:
            self.seat = await in_db(self.visit.seat_in_room)(self.user, at=at)
        except NoSeat:
            await self.put_out(NO_SEAT)
        except WasRemoved:
            await self.put_out(REMOVED)
        self.set_alarm()
        return self.seat is not None

    async def go_on(self) -> None:
        """Into the room if admitted, else into the waiting room."""
        if self.seat.is_admitted:
            await self.enter()
        else:
            await self.say("waiting")
            await self.wait()
            await self.cast("visit.news")

    async def enter(self) -> None:
        """Introduce the page to the others at once, and write the attendance while the browsers connect."""
        at = timezone.now()
        self.is_in = True
        await self.say("admitted", you=self.me, **self.relays(at))
        await self.cast("peer.join", who=self.me, channel=self.channel_name)
        try:
            self.attendance = await in_db(self.seat.enter)(at=at)
        except RoomIsFull:
            await self.put_out(FULL)
        except RuleViolation:  # refused since the seat was read: say why
            await self.may_stay()
        except DatabaseError:
            await self.put_out(TRY_AGAIN)

    async def wait(self) -> None:
        self.seen_at = timezone.now()
        await in_db(self.seat.wait)(at=self.seen_at)

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
        fresh = await in_db(reread)(self.seat, self.user)
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

    # The clock

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

    # What the visit's group says

    async def visit_news(self, event: dict[str, Any]) -> None:
        """Somebody came or went: the page fetches what it shows."""
        await self.say("news")

    async def visit_changed(self, event: dict[str, Any]) -> None:
        """Moved, ended or cancelled."""
        if await self.may_stay():
            self.set_alarm()
            await self.say("times", **page_clock(self.visit, timezone.now()))

    async def seat_changed(self, event: dict[str, Any]) -> None:
        """Admitted or removed."""
        await self.say("news")
        if event["seat"] == self.seat.uid and await self.may_stay() and not self.is_in:
            await self.go_on()

    async def seat_taken(self, event: dict[str, Any]) -> None:
        """The same person has come with another page, or this one has dialled again: the newest has the seat."""
        if event["user"] == self.user.pk and event["channel"] != self.channel_name:
            await self.get_up()  # the newer page speaks, perhaps under the same peer name
            await self.put_out(TAKEN_OVER)

    async def peer_join(self, event: dict[str, Any]) -> None:
        if event["channel"] == self.channel_name or not self.is_in:
            return
        self.present[event["who"]["peer"]] = event["channel"]
        here = {"type": "peer.here", "who": self.me, "channel": self.channel_name}
        await self.channel_layer.send(event["channel"], here)
        await self.say("peer-joined", who=event["who"])

    async def peer_here(self, event: dict[str, Any]) -> None:
        self.present[event["who"]["peer"]] = event["channel"]
        await self.say("peer-here", who=event["who"])

    async def peer_left(self, event: dict[str, Any]) -> None:
        if self.present.pop(event["peer"], None):
            await self.say("peer-left", peer=event["peer"], clean=event["clean"])

    async def peer_signal(self, event: dict[str, Any]) -> None:
        await self.say("signal", **{"from": event["from"], "data": event["data"]})

    async def by_phone(self, event: dict[str, Any]) -> None:
        """The doctor goes on by phone."""
        await self.say("by-phone")

    # Small things

    def relays(self, at: datetime) -> dict[str, Any]:
        """The media servers for this page, and after how many milliseconds it is to ask for them again."""
        entry = provider_of(self.visit).join(self.seat, at=at)
        return {"ice_servers": entry.ice_servers, "renew_in": settings.TURN_SECONDS * 500}

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
