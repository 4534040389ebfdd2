"""Daily: a private room with hours of its own, and meeting tokens.

Source: https://docs.daily.co/reference/rest-api. Not verified with an account: the answer to a name that exists,
whether deleting a room puts people out (so they are ejected first), and the unit of a webhook's timestamp.
"""

import base64
import hmac
from collections.abc import Iterator, Mapping
from datetime import datetime
from typing import Any

from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from . import webhooks
from .base import Entry, Event, EventKind, Field, Person, Policy, Provider, Room, RoomOrder
from .errors import BadSignature, BadWebhook, RoomGone
from .http import Api, Refused, origin_of, rows_at, seconds, text_at

ADDRESS = "https://api.daily.co/v1"
OF_DAILY = ".daily.co"
PAGE = 100
TEST_BODY = b'{"test":"test"}'  # what a new webhook is tried with, before its secret is in use
KINDS = {
    "meeting.started": EventKind.STARTED,
    "meeting.ended": EventKind.ENDED,
    "participant.joined": EventKind.JOINED,
    "participant.left": EventKind.LEFT,
}


class Daily(Provider):
    name = "daily"
    label = _("Daily")
    most_people = 20
    follows = frozenset({"start_muted", "start_camera_off", "vendor_chat", "show_names", "recording"})
    credential_fields = (
        Field("api_key", _("API key"), help=_("In Daily’s dashboard under Developers.")),
        Field(
            "webhook_secret",
            _("Webhook secret"),
            help=_("The “hmac” of the webhook, as Daily shows it (BASE-64). Without it nothing is accepted."),
            is_required=False,
        ),
    )
    regions = {
        "": _("The nearest"),
        "eu-central-1": _("Frankfurt"),
        "eu-west-2": _("London"),
        "us-east-1": _("Virginia"),
        "us-west-2": _("Oregon"),
    }

    def create_room(self, order: RoomOrder) -> Room:
        facts = {"privacy": "private", "properties": self._properties(order)}
        try:
            return _room(self._post("/rooms", {"name": order.name, **facts}))
        except Refused as refusal:  # perhaps because it exists
            return self._room_again(order.name, facts, refusal)

    def join(self, room: Room, person: Person, *, at: datetime, until: datetime) -> Entry:
        properties = {
            "room_name": room.name,
            "nbf": seconds(at) - 60,
            "exp": seconds(until),
            "is_owner": person.is_host,
            "user_id": person.uid,
            "user_name": person.shown_name,
        }
        token = text_at(self._post("/meeting-tokens", {"properties": properties}), "token")
        return Entry(self.name, "iframe", room.url, token, until, module="embeds/daily.js")

    def extend(self, room: Room, until: datetime) -> None:
        self._post(f"/rooms/{room.name}", {"properties": {"exp": seconds(until)}})

    def end(self, room: Room) -> None:
        try:
            self._eject(room, self._people(room))
            self._api.call("DELETE", f"/rooms/{room.name}")
        except RoomGone:
            return

    def remove(self, room: Room, person_uid: str) -> None:
        try:
            self._eject(room, [person_uid])
        except RoomGone:
            return

    def rooms(self) -> Iterator[Room]:
        after: dict[str, str] = {}
        while True:
            rows = rows_at(self._api.get("/rooms", limit=PAGE, **after), "data")
            found = [_room(row) for row in rows if text_at(row, "name").startswith(self.account.room_prefix)]
            yield from found
            if len(rows) < PAGE:
                return
            after = {"starting_after": text_at(rows[-1], "id")}

    def parse_webhook(self, headers: Mapping[str, str], body: bytes, *, at: datetime) -> list[Event]:
        webhooks.refuse_large(body)
        if body == TEST_BODY:
            return []
        stamp = webhooks.header(headers, "X-Webhook-Timestamp")
        signed = webhooks.header(headers, "X-Webhook-Signature")
        webhooks.refuse_unequal(signed, signature(self.account.credentials.get("webhook_secret", ""), stamp, body))
        webhooks.refuse_old(_signed_at(stamp), at)
        return [_event(webhooks.parsed(body), at)]

    def policy(self, room: Room) -> Policy:
        origin = origin_of(room.url)
        source = f"https://*{OF_DAILY}" if origin.endswith(OF_DAILY) else origin
        return Policy({"frame-src": [source]}, camera_origins=[origin])

    def check(self) -> None:
        api = self._api
        rows_at(api.get("/rooms", limit=1), "data")
        api.refuse_wrong_clock()

    @property
    def _api(self) -> Api:
        key = self.account.credentials["api_key"]
        return Api(self.account.base_url or ADDRESS, lambda: {"Authorization": f"Bearer {key}"})

    def _post(self, path: str, facts: dict[str, Any]) -> Any:
        return self._api.call("POST", path, json=facts)

    def _properties(self, order: RoomOrder) -> dict[str, Any]:
        """Our waiting room is in front, so nobody knocks; ours is the check of devices, too."""
        options = self.account.options
        optional = {"enable_recording": "cloud"} if options.recording else {}
        if self.account.region:
            optional["geo"] = self.account.region
        return {
            "nbf": seconds(order.opens_at),
            "exp": seconds(order.expires_at),
            "eject_at_room_exp": True,
            "max_participants": order.most_people,
            "enable_knocking": False,
            "enable_prejoin_ui": False,
            "enable_chat": options.vendor_chat,
            "start_audio_off": options.start_muted,
            "start_video_off": options.start_camera_off,
            "enforce_unique_user_ids": True,
            **optional,
        }

    def _room_again(self, name: str, facts: dict[str, Any], refusal: Refused) -> Room:
        """The room of that name, brought up to date; without one it was refused for something else."""
        try:
            return _room(self._post(f"/rooms/{name}", facts))
        except RoomGone:
            raise refusal from None

    def _people(self, room: Room) -> list[str]:
        rows = rows_at(self._api.get(f"/rooms/{room.name}/presence", limit=PAGE), "data")
        return [text_at(row, "userId") for row in rows if row.get("userId")]

    def _eject(self, room: Room, uids: list[str]) -> None:
        if uids:
            self._post(f"/rooms/{room.name}/eject", {"user_ids": uids[:PAGE], "ban": True})


def signature(secret: str, stamp: str, body: bytes) -> str:
    """What the header X-Webhook-Signature must be."""
    digest = hmac.new(webhooks.decoded(secret), stamp.encode() + b"." + body, "sha256").digest()
    return base64.b64encode(digest).decode() if secret else ""


def _signed_at(stamp: str) -> datetime:
    try:
        return webhooks.instant(float(stamp), timezone.now())
    except ValueError:
        raise BadSignature from None


def _room(answer: Any) -> Room:
    return Room(text_at(answer, "name"), text_at(answer, "url"))


def _event(message: dict[str, Any], at: datetime) -> Event:
    raw_kind, payload = webhooks.text(message, "type", limit=80), webhooks.part(message, "payload")
    key = webhooks.text(message, "id", limit=200)
    if not key:
        raise BadWebhook
    return Event(
        key=key,
        kind=KINDS.get(raw_kind, EventKind.OTHER),
        room=webhooks.text(payload, "room", limit=255) or webhooks.text(payload, "room_name", limit=255),
        person_uid=webhooks.text(payload, "user_id", limit=64),
        at=webhooks.told_at(message.get("event_ts"), at),
        raw_kind=raw_kind,
    )
