"""The room itself: signals from page to page, and who is here."""

from datetime import datetime, timedelta
from typing import Any

from asgiref.sync import sync_to_async
from channels.db import database_sync_to_async as in_db
from channels.exceptions import ChannelFull
from django.conf import settings
from django.db import DatabaseError
from django.templatetags.static import static
from django.utils import timezone

from clinic.errors import RuleViolation
from clinic.live import TRY_AGAIN
from televisit.errors import RoomIsFull
from televisit.models import VisitRoom
from televisit.protocol import BadMessage
from televisit.providers import Entry
from televisit.providers.errors import ProviderError
from televisit.providers.webrtc import relays
from televisit.rooms import ENTRY_TIME, entry_of, room_at_once

from .base import VisitSocket
from .closing import FULL

ASK_AGAIN = timedelta(seconds=30)
FRAME = "room/frame.js"  # draws an address in a frame


class Room(VisitSocket):
    """What who was admitted says and hears."""

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

    async def on_relays(self, message: dict[str, Any]) -> None:
        """Fresh credentials for the TURN server, for who may still be here."""
        if not self.is_in:
            raise BadMessage("not_allowed")
        if await self.may_stay():
            await self.say_way_in("relays", timezone.now())

    async def enter(self) -> None:
        """Introduce the page to the others at once, and write the attendance while the browsers connect."""
        at = timezone.now()
        self.is_in = True
        await self.say_way_in("admitted", at, you=self.me)
        if self.is_out:
            return
        await self.cast("peer.join", who=self.me, channel=self.channel_name)
        try:
            self.attendance = await in_db(self.seat.enter)(at=at)
        except RoomIsFull:
            await self.put_out(FULL)
        except RuleViolation:  # refused since the seat was read: say why
            await self.may_stay()
        except DatabaseError:
            await self.put_out(TRY_AGAIN)

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

    async def room_changed(self, event: dict[str, Any]) -> None:
        """The visit goes on in another room: the page is to be loaded anew."""
        await self.say("room-changed")

    async def say_way_in(self, kind: str, at: datetime, **facts: Any) -> None:
        """How this page gets at picture and sound, and after how many milliseconds it is to ask for that again."""
        room = await in_db(room_at_once)(self.visit, at=at)
        if room is None:  # a service has to be asked for one, which pages do over HTTP
            await self.say("room-changed")
        elif room.is_own:
            servers = relays(self.seat, at=at)
            await self.say(kind, room=room.attempt, ice_servers=servers, renew_in=settings.TURN_SECONDS * 500, **facts)
        else:
            await self.say_entry(kind, room, at, facts)

    async def say_entry(self, kind: str, room: VisitRoom, at: datetime, facts: dict[str, Any]) -> None:
        """The way into the room of a video service, for who still may enter; if it fails, the visit needs another."""
        try:
            ask = sync_to_async(entry_of, thread_sensitive=False)  # a slow service holds up no other page
            entry = await ask(self.seat, room, at=at)
        except ProviderError as failure:
            if kind == "relays" and failure.is_transient:  # whoever is in the room is not torn out of it for that
                await self.say(kind, room=room.attempt, entry=None, renew_in=ASK_AGAIN // timedelta(milliseconds=1))
            else:
                await in_db(room.give_up)(str(failure), at=at)  # every page hears of it
            return
        if await self.may_stay():  # much can have happened while the service was asked
            renew_in = ENTRY_TIME // timedelta(milliseconds=2)
            await self.say(kind, room=room.attempt, entry=shown(entry), renew_in=renew_in, **facts)


def shown(entry: Entry) -> dict[str, Any]:
    """What a page needs of an entry; the module under the address that browsers load it from."""
    return {"kind": entry.kind, "url": entry.url, "token": entry.token, "module": static(f"js/{entry.module or FRAME}")}
