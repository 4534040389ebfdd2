"""LiveKit, on a server that the clinic runs: the way to more than four people and more than one machine.

Source: https://docs.livekit.io/home/server/managing-rooms/ and github.com/livekit/protocol. Set `auto_create: false`
under `room:` on the server; otherwise who holds a pass can open the room once more, though nobody is in it.
"""

import base64
from collections.abc import Iterator, Mapping
from datetime import datetime, timedelta
from typing import Any

import jwt
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from . import webhooks
from .base import Entry, Event, EventKind, Field, Person, Policy, Provider, Room, RoomOrder
from .errors import BadSignature, BadWebhook, RoomGone
from .http import Api, origin_of, rows_at, seconds, text_at, websocket_of, with_facts

CALL_LIFE = timedelta(minutes=5)
PASS_LIFE = timedelta(minutes=10)  # it is looked at when somebody connects, and never again
KINDS = {
    "room_started": EventKind.STARTED,
    "room_finished": EventKind.ENDED,
    "participant_joined": EventKind.JOINED,
    "participant_left": EventKind.LEFT,
    "participant_connection_aborted": EventKind.LEFT,
}


class LiveKit(Provider):
    name = "livekit"
    label = _("LiveKit")
    most_people = 50
    follows = frozenset({"start_muted", "start_camera_off", "show_names"})
    needs_base_url = True
    has_own_page = False
    credential_fields = (
        Field("api_key", _("API key"), is_secret=False, help=_("From “keys” in the server’s configuration.")),
        Field("api_secret", _("API secret")),
    )

    def create_room(self, order: RoomOrder) -> Room:
        stays = _stays_until(order.expires_at)
        room = self._call("CreateRoom", {"name": order.name, "max_participants": order.most_people, **stays})
        return Room(text_at(room, "name"), self.account.base_url)

    def join(self, room: Room, person: Person, *, at: datetime, until: datetime) -> Entry:
        ends_at = min(until, at + PASS_LIFE)
        may = {"roomJoin": True, "room": room.name, "canPublish": True, "canSubscribe": True, "canPublishData": True}
        if person.is_host:
            may["roomAdmin"] = True
        token = self._token(may, at=at, ends_at=ends_at, sub=person.uid, name=person.shown_name)
        address = with_facts(websocket_of(self.account.base_url), **self.account.options.at_start())
        return Entry(self.name, "sdk", address, token, ends_at, module="embeds/livekit.js")

    def extend(self, room: Room, until: datetime) -> None:
        self._call("CreateRoom", {"name": room.name, **_stays_until(until)})

    def end(self, room: Room) -> None:
        self._call_if_there("DeleteRoom", {"room": room.name}, {"roomCreate": True})

    def remove(self, room: Room, person_uid: str) -> None:
        may = {"roomAdmin": True, "room": room.name}
        self._call_if_there("RemoveParticipant", {"room": room.name, "identity": person_uid}, may)

    def rooms(self) -> Iterator[Room]:
        for row in rows_at(self._call("ListRooms", {}, {"roomList": True}), "rooms"):
            name = text_at(row, "name")
            if name.startswith(self.account.room_prefix):
                yield Room(name, self.account.base_url)

    def parse_webhook(self, headers: Mapping[str, str], body: bytes, *, at: datetime) -> list[Event]:
        webhooks.refuse_large(body)
        claims = webhooks.signed_claims(webhooks.header(headers, "Authorization"), self._secret, at=at)
        if claims.get("iss") != self._key:
            raise BadSignature
        webhooks.refuse_unequal(str(claims.get("sha256")), base64.b64encode(webhooks.sha256(body)).decode())
        return [_event(webhooks.parsed(body), at)]

    def policy(self, room: Room) -> Policy:
        origin = origin_of(self.account.base_url)
        return Policy({"connect-src": [origin, websocket_of(origin)]})

    def check(self) -> None:
        api = self._api({"roomList": True})
        rows_at(api.call("POST", _path("ListRooms"), json={}), "rooms")
        api.refuse_wrong_clock()

    @property
    def _key(self) -> str:
        return self.account.credentials["api_key"]

    @property
    def _secret(self) -> str:
        return self.account.credentials["api_secret"]

    def _call(self, method: str, request: dict[str, Any], may: dict[str, Any] | None = None) -> Any:
        api = self._api(may or {"roomCreate": True})
        return api.call("POST", _path(method), json=request)

    def _call_if_there(self, method: str, request: dict[str, Any], may: dict[str, Any]) -> None:
        try:
            self._call(method, request, may)
        except RoomGone:
            return

    def _api(self, may: dict[str, Any]) -> Api:
        return Api(self.account.base_url, lambda: {"Authorization": f"Bearer {self._call_token(may)}"})

    def _call_token(self, may: dict[str, Any]) -> str:
        at = timezone.now()
        return self._token(may, at=at, ends_at=at + CALL_LIFE)

    def _token(self, may: dict[str, Any], *, at: datetime, ends_at: datetime, **claims: str) -> str:
        times = {"nbf": seconds(at), "exp": seconds(ends_at)}
        return jwt.encode({"iss": self._key, **times, "video": may, **claims}, self._secret, algorithm="HS256")


def _path(method: str) -> str:
    return f"/twirp/livekit.RoomService/{method}"


def _stays_until(until: datetime) -> dict[str, int]:
    """Without these an empty room is gone after some minutes."""
    left = max(60, int((until - timezone.now()).total_seconds()))
    return {"empty_timeout": left, "departure_timeout": left}


def _event(message: dict[str, Any], at: datetime) -> Event:
    raw_kind = webhooks.text(message, "event", limit=80)
    key = webhooks.text(message, "id", limit=200)
    if not key:
        raise BadWebhook
    return Event(
        key=key,
        kind=KINDS.get(raw_kind, EventKind.OTHER),
        room=webhooks.text(webhooks.part(message, "room"), "name", limit=255),
        person_uid=webhooks.text(webhooks.part(message, "participant"), "identity", limit=64),
        at=webhooks.told_at(message.get("createdAt"), at),
        raw_kind=raw_kind,
    )
