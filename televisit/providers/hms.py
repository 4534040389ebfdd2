"""100ms: rooms from a template, with a role for the doctor and one for everybody else.

The page draws 100ms's own Prebuilt by a room code, which is of one role and never expires: so codes are switched off
when somebody is put out, and the room when the visit ends. A program with 100ms's kit enters by the app token instead.

Source: https://www.100ms.live/docs/server-side/v2. Not verified with an account: what happens at a token's expiry.
"""

import uuid
from collections.abc import Iterator, Mapping
from datetime import datetime, timedelta
from typing import Any
from urllib.parse import quote, urlencode

import jwt
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from . import webhooks
from .base import Entry, Event, EventKind, Field, Person, Policy, Provider, Room, RoomOrder
from .errors import BadAccount, BadWebhook, RoomGone
from .http import Api, origin_of, refuse_unsafe, rows_at, seconds, text_at

ADDRESS = "https://api.100ms.live/v2"
CALL_LIFE = timedelta(minutes=5)
PASS_LIFE = timedelta(minutes=10)
CLOCK_SLACK = timedelta(seconds=30)
SPARE = timedelta(hours=4)  # our own end closes a session, not 100ms's limit, which an extended visit must not meet
SHORTEST, LONGEST = 120, 43200
SECRET_HEADER = "X-Webhook-Secret"  # noqa: S105  # its name
PAGE = 100
KINDS = {
    "session.open.success": EventKind.STARTED,
    "session.close.success": EventKind.ENDED,
    "peer.join.success": EventKind.JOINED,
    "peer.leave.success": EventKind.LEFT,
}


class HundredMs(Provider):
    name = "100ms"
    label = _("100ms")
    most_people = 20
    follows = frozenset({"show_names"})  # the rest is in the template
    credential_fields = (
        Field("access_key", _("App access key"), is_secret=False, help=_("In 100ms’s dashboard under Developer.")),
        Field("app_secret", _("App secret")),
        Field(
            "template_id", _("Template ID"), is_secret=False, help=_("The template that visits’ rooms are made from.")
        ),
        Field(
            "site",
            _("Address of the template’s page"),
            is_secret=False,
            help=_("As in its links: https://your-name.app.100ms.live"),
            is_address=True,
        ),
        Field("host_role", _("Role of the doctor"), is_secret=False, help=_("As the template calls it: host")),
        Field("guest_role", _("Role of everybody else"), is_secret=False, help=_("As the template calls it: guest")),
        Field(
            "webhook_secret",
            _("Webhook secret"),
            help=_("Let 100ms send it as the header X-Webhook-Secret. Without it nothing is accepted."),
            is_required=False,
        ),
    )
    regions = {"": _("The nearest"), "eu": _("Europe"), "us": _("United States"), "in": _("India")}

    def create_room(self, order: RoomOrder) -> Room:
        """The same name gives the same room, with these facts."""
        facts = {
            "name": order.name.lower(),
            "template_id": self._given("template_id"),
            "region": self.account.region or "auto",
            "size": order.most_people,
            "max_duration_seconds": _longest_session(order),
            "recording_info": {"enabled": False},  # on, it would record every session by itself
        }
        return Room(text_at(self._post("/rooms", facts), "id"), self._site)

    def join(self, room: Room, person: Person, *, at: datetime, until: datetime) -> Entry:
        role = self._given("host_role" if person.is_host else "guest_role")
        ends_at = min(until, at + PASS_LIFE)
        code = text_at(self._post(f"/room-codes/room/{room.name}/role/{quote(role, safe='')}"), "code")
        who = urlencode({"name": person.shown_name, "userId": person.uid})
        claims = {"room_id": room.name, "user_id": person.uid, "role": role}
        token = self._token("app", at=at, ends_at=ends_at, **claims)
        return Entry(self.name, "iframe", f"{self._site}/meeting/{quote(code, safe='')}?{who}", token, ends_at)

    def extend(self, room: Room, until: datetime) -> None:
        """The room has no hours of its own."""

    def end(self, room: Room) -> None:
        """First nobody comes in any more, then everybody goes out."""
        try:
            self._post(f"/rooms/{room.name}", {"enabled": False})
            self._post(f"/active-rooms/{room.name}/end-room", {"reason": "over"})
        except RoomGone:  # nobody is in it, or it is none of this account's
            return

    def remove(self, room: Room, person_uid: str) -> None:
        """With new codes for who is to come: the old one is known to who is put out."""
        try:
            self._switch_codes_off(room)
            peers = self._api.get(f"/active-rooms/{room.name}/peers", user_id=person_uid)
            for peer in _peer_ids(peers):
                self._post(f"/active-rooms/{room.name}/remove-peers", {"peer_id": peer, "reason": "removed"})
        except RoomGone:
            return

    def rooms(self) -> Iterator[Room]:
        prefix = self.account.room_prefix.lower()
        start: dict[str, str] = {}
        while True:
            page = self._api.get("/rooms", limit=PAGE, enabled="true", **start)
            rows = rows_at(page, "data")
            for row in rows:
                if row.get("enabled") is True and text_at(row, "name").startswith(prefix):
                    yield Room(text_at(row, "id"), self._site)
            if len(rows) < PAGE:
                return
            start = {"start": text_at(page, "last")}

    def parse_webhook(self, headers: Mapping[str, str], body: bytes, *, at: datetime) -> list[Event]:
        """100ms signs nothing: its proof is a header that only it and we know."""
        webhooks.refuse_large(body)
        webhooks.refuse_unequal(
            webhooks.header(headers, SECRET_HEADER), self.account.credentials.get("webhook_secret", "")
        )
        message = webhooks.parsed(body)
        webhooks.refuse_old(webhooks.told_at(message.get("timestamp"), at), at)
        return [_event(message, at, host_role=self._given("host_role"))]

    def policy(self, room: Room) -> Policy:
        origin = origin_of(self._site)
        return Policy({"frame-src": [origin]}, camera_origins=[origin])

    def check(self) -> None:
        """Whether the key is good, the template there, and its roles are those that were filled in."""
        refuse_unsafe(self._site)
        api = self._api
        template = self._template(api)
        api.refuse_wrong_clock()
        for field in ("host_role", "guest_role"):
            if self._given(field) not in (template.get("roles") or {}):
                raise BadAccount(_("The template has no role “{role}”.").format(role=self._given(field)))

    def _template(self, api: Api) -> dict[str, Any]:
        try:
            found = api.get(f"/templates/{quote(self._given('template_id'), safe='')}")
        except RoomGone:
            raise BadAccount(_("100ms has no template with this ID.")) from None
        return found if isinstance(found, dict) else {}

    def _given(self, name: str) -> str:
        return self.account.credentials[name]

    @property
    def _site(self) -> str:
        return self._given("site").rstrip("/")

    @property
    def _api(self) -> Api:
        return Api(self.account.base_url or ADDRESS, lambda: {"Authorization": f"Bearer {self._management_token()}"})

    def _post(self, path: str, facts: dict[str, Any] | None = None) -> Any:
        return self._api.call("POST", path, json=facts or {})

    def _switch_codes_off(self, room: Room) -> None:
        for row in rows_at(self._api.get(f"/room-codes/room/{room.name}"), "data"):
            if row.get("role") == self._given("guest_role") and row.get("enabled") is True:
                self._post("/room-codes/code", {"code": text_at(row, "code"), "enabled": False})

    def _management_token(self) -> str:
        at = timezone.now()
        return self._token("management", at=at, ends_at=at + CALL_LIFE)

    def _token(self, kind: str, *, at: datetime, ends_at: datetime, **claims: str) -> str:
        issued = seconds(at - CLOCK_SLACK)
        times = {"iat": issued, "nbf": issued, "exp": seconds(ends_at)}
        about = {"access_key": self._given("access_key"), "type": kind, "version": 2, "jti": str(uuid.uuid4())}
        return jwt.encode({**about, **times, **claims}, self._given("app_secret"), algorithm="HS256")


def _longest_session(order: RoomOrder) -> int:
    wanted = (order.expires_at - order.opens_at + SPARE).total_seconds()
    return int(min(max(wanted, SHORTEST), LONGEST))


def _peer_ids(answer: Any) -> list[str]:
    peers = answer.get("peers") if isinstance(answer, dict) else None
    return [quote(name, safe="") for name in peers] if isinstance(peers, dict) else []


def _event(message: dict[str, Any], at: datetime, *, host_role: str) -> Event:
    """The user's ID is what the browser says it is; the role comes with the code."""
    raw_kind, facts = webhooks.text(message, "type", limit=80), webhooks.part(message, "data")
    key = webhooks.text(message, "id", limit=200)
    if not key:
        raise BadWebhook
    return Event(
        key=key,
        kind=KINDS.get(raw_kind, EventKind.OTHER),
        room=webhooks.text(facts, "room_id", limit=255),
        person_uid=webhooks.text(facts, "user_id", limit=64),
        at=webhooks.told_at(message.get("timestamp"), at),
        raw_kind=raw_kind,
        is_host=facts["role"] == host_role if "role" in facts else None,
    )
