"""100ms: its server API, the page that a room code opens, and its webhooks."""

import json
import re
import secrets
import uuid
from string import ascii_lowercase
from urllib.parse import parse_qs, urlsplit

import jwt

from televisit.providers.hms import HundredMs

from .server import LONG_SECRET, UNTIMED, FakeService, NoEntry, Refusal, route

FACTS = {"name", "description", "template_id", "region", "size", "max_duration_seconds", "recording_info", "enabled"}
RAW_KINDS = {
    "started": "session.open.success",
    "ended": "session.close.success",
    "joined": "peer.join.success",
    "left": "peer.leave.success",
    "unknown": "hls.started.success",
}


def refuse(status, message):
    raise Refusal(status, {"code": status, "message": message, "details": [message]})


class FakeHms(FakeService):
    base = "/v2"
    provider = HundredMs
    bans = False
    credentials = {
        "access_key": "access-key",
        "app_secret": LONG_SECRET,
        "template_id": "template-1",
        "host_role": "host",
        "guest_role": "guest",
        "webhook_secret": "header-that-nobody-guesses",
    }

    def __init__(self):
        super().__init__()
        self.rooms, self.codes, self.peers = {}, [], {}

    def given_credentials(self):
        return {**self.credentials, "site": self.origin}

    def claims(self, token, kind):
        """Signed with the app's secret, of this app, of this kind, and good now."""
        try:
            claims = jwt.decode(token, LONG_SECRET, algorithms=["HS256"], options=UNTIMED)
        except jwt.InvalidTokenError as error:
            raise Refusal(401, {"code": 401, "message": str(error), "details": []}) from None
        wanted = {"access_key": "access-key", "type": kind, "version": 2}
        if any(claims.get(name) != value for name, value in wanted.items()) or not claims.get("jti"):
            refuse(401, "token of another kind")
        if not max(claims["iat"], claims["nbf"]) <= self.seconds() < claims["exp"]:
            refuse(401, "token is expired, or not good yet")
        return claims

    def authorize(self, call):
        kind, _space, token = call.headers.get("Authorization", "").partition(" ")
        if kind != "Bearer":
            refuse(401, "missing token")
        self.claims(token, "management")

    def room(self, name):
        return self.rooms.get(name) or refuse(404, "room not found")

    @route("GET", "/v2/templates/([^/]+)")
    def template(self, call, name):
        self.authorize(call)
        if name != "template-1":
            refuse(404, "template not found")
        return {"id": name, "roles": {"host": {"name": "host"}, "guest": {"name": "guest"}}}

    @route("POST", "/v2/rooms")
    def create(self, call):
        """The same name gives the same room, with its configuration overwritten."""
        self.authorize(call)
        facts = call.json()
        if set(facts) - FACTS or not re.fullmatch(r"[a-z0-9.:_-]+", facts.get("name", "")):
            refuse(400, "Invalid body param")
        if facts.get("template_id") != "template-1":
            refuse(400, "template not found")
        if facts.get("region") not in {"eu", "in", "us", "auto"}:
            refuse(400, "region not supported")
        if not 120 <= facts.get("max_duration_seconds", 120) <= 43200:
            refuse(400, "max_duration_seconds out of range")
        known = next((room for room in self.rooms.values() if room["name"] == facts["name"]), None)
        room = known or {"id": secrets.token_hex(12), "enabled": True}
        self.rooms[room["id"]] = room
        room.update(facts)
        return room

    @route("POST", "/v2/rooms/([^/]+)")
    def update(self, call, name):
        self.authorize(call)
        self.room(name).update(call.json())
        return self.room(name)

    @route("GET", "/v2/rooms")
    def index(self, call):
        self.authorize(call)
        limit = int(call.query["limit"])
        if not 10 <= limit <= 100:
            refuse(400, "limit")
        rooms = list(self.rooms.values())
        ids = [room["id"] for room in rooms]
        start = ids.index(call.query["start"]) + 1 if "start" in call.query else 0
        page = rooms[start : start + limit]
        return {"limit": limit, "data": page, "last": page[-1]["id"] if page else ""}

    @route("POST", "/v2/room-codes/room/([^/]+)/role/([^/]+)")
    def code(self, call, name, role):
        """One that is on stays the role's code; otherwise there is a new one."""
        self.authorize(call)
        if not self.room(name)["enabled"]:
            refuse(403, "room is disabled")
        if role not in {"host", "guest"}:
            refuse(404, "role not found")
        known = [row for row in self.codes if (row["room_id"], row["role"], row["enabled"]) == (name, role, True)]
        if not known:
            letters = "".join(secrets.choice(ascii_lowercase) for _letter in range(10))
            code = f"{letters[:3]}-{letters[3:7]}-{letters[7:]}"
            known = [{"code": code, "room_id": name, "role": role, "enabled": True}]
            self.codes += known
        return known[0]

    @route("GET", "/v2/room-codes/room/([^/]+)")
    def list_codes(self, call, name):
        self.authorize(call)
        self.room(name)
        return {"data": [row for row in self.codes if row["room_id"] == name]}

    @route("POST", "/v2/room-codes/code")
    def switch_code(self, call):
        self.authorize(call)
        facts = call.json()
        row = next((row for row in self.codes if row["code"] == facts.get("code")), None) or refuse(404, "no such code")
        row["enabled"] = facts["enabled"]
        return row

    @route("GET", "/v2/active-rooms/([^/]+)/peers")
    def list_peers(self, call, name):
        self.authorize(call)
        self.active(name)
        uid = call.query.get("user_id")
        found = [who for who in self.inside[name] if uid in {None, who}]
        return {"peers": {self.peers[name, who]: {"id": self.peers[name, who], "user_id": who} for who in found}}

    @route("POST", "/v2/active-rooms/([^/]+)/remove-peers")
    def remove_peers(self, call, name):
        self.authorize(call)
        self.active(name)
        facts = call.json()
        who = next((uid for (_room, uid), peer in self.peers.items() if peer == facts.get("peer_id")), None)
        self.inside[name].pop(who or refuse(404, "peer not found"), None)
        return {"message": "peer remove request submitted"}

    @route("POST", "/v2/active-rooms/([^/]+)/end-room")
    def end_room(self, call, name):
        self.authorize(call)
        self.active(name)
        if call.json().get("lock"):
            self.rooms[name]["enabled"] = False
        self.inside.pop(name)
        return {"message": "session is ending"}

    def active(self, name):
        if not self.inside.get(name):
            refuse(404, "active room not found")

    @route("GET", "/meeting/([^/]+)")
    def page(self, call, code):
        return "<!doctype html><html lang=en><title>100ms</title><p>The room at 100ms</p>"

    def admit(self, entry, room):
        """With the app token."""
        try:
            claims = self.claims(entry.token, "app")
        except Refusal as refusal:
            raise NoEntry(refusal.body) from None
        name = claims["room_id"]
        if (room and room.name != name) or not self.rooms[name]["enabled"]:
            raise NoEntry("another room, or one that is closed")
        self.peers[name, claims["user_id"]] = str(uuid.uuid4())
        return name, claims["user_id"], claims["role"] == "host"

    def open_page(self, entry):
        """With the room code in the page's address. Gives the role, or raises NoEntry."""
        code = urlsplit(entry.url).path.rpartition("/")[2]
        row = next((row for row in self.codes if row["code"] == code and row["enabled"]), None)
        if row is None or not self.rooms[row["room_id"]]["enabled"]:
            raise NoEntry("this link does not work")
        uid = parse_qs(urlsplit(entry.url).query)["userId"][0]
        self.inside.setdefault(row["room_id"], {})[uid] = row["role"] == "host"
        self.peers[row["room_id"], uid] = str(uuid.uuid4())
        return row["role"]

    def webhook(self, kind, room, person_uid="", *, at=None, key="event-1", secret=None, role="guest"):
        data = {"room_id": room.name, "session_id": "s"}
        data |= {"user_id": person_uid, "role": role} if person_uid else {}
        sent_at = (at or self.now()).isoformat().replace("+00:00", "Z")
        message = {"version": "2.0", "id": key, "type": RAW_KINDS[kind], "timestamp": sent_at, "data": data}
        return {"X-Webhook-Secret": secret or self.credentials["webhook_secret"]}, json.dumps(message).encode()
