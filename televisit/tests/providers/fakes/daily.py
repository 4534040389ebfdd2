"""Daily, as its REST reference says."""

import base64
import hmac
import json
import re
import uuid

import jwt

from televisit.providers.daily import Daily

from .server import LONG_SECRET, UNTIMED, FakeService, NoEntry, Refusal, route

ROOM_PROPERTIES = {
    "nbf", "exp", "eject_at_room_exp", "max_participants", "enable_knocking", "enable_prejoin_ui", "enable_chat",
    "start_audio_off", "start_video_off", "enforce_unique_user_ids", "enable_recording", "geo",
}  # fmt: skip
TOKEN_PROPERTIES = {"room_name", "nbf", "exp", "is_owner", "user_id", "user_name"}
RAW_KINDS = {
    "started": "meeting.started",
    "ended": "meeting.ended",
    "joined": "participant.joined",
    "left": "participant.left",
    "unknown": "streaming.started",
}


def refuse(status, kind, info=""):
    raise Refusal(status, {"error": kind, "info": info})


class FakeDaily(FakeService):
    base = "/v1"
    provider = Daily
    credentials = {"api_key": "key-of-the-clinic", "webhook_secret": base64.b64encode(LONG_SECRET.encode()).decode()}

    def __init__(self):
        super().__init__()
        self.rooms, self.banned = {}, set()

    def authorize(self, call):
        if not call.headers.get("Authorization", "").startswith("Bearer "):
            refuse(400, "authorization-header-error")
        if call.headers["Authorization"] != f"Bearer {self.credentials['api_key']}":
            refuse(401, "authentication-error")

    def room(self, name):
        return self.rooms.get(name) or refuse(404, "not-found", f"room {name} not found")

    def settle(self, room, facts):
        unknown = set(facts) - {"name", "privacy", "properties"} | set(facts.get("properties", {})) - ROOM_PROPERTIES
        if unknown:
            refuse(400, "invalid-request-error", f"unknown parameter {unknown}")
        room["privacy"] = facts.get("privacy", room["privacy"])
        room["config"].update(facts.get("properties", {}))
        return room

    @route("POST", "/v1/rooms")
    def create(self, call):
        self.authorize(call)
        facts = call.json()
        name = facts.get("name", uuid.uuid4().hex)
        if not re.fullmatch(r"[A-Za-z0-9_-]{1,41}", name):
            refuse(400, "invalid-request-error", "invalid name")
        if name in self.rooms:
            refuse(400, "invalid-request-error", f"a room named {name} already exists")
        room = {"id": str(uuid.uuid4()), "name": name, "api_created": True, "privacy": "public", "config": {}}
        self.rooms[name] = self.settle(room | {"url": f"{self.origin}/{name}"}, facts)
        return self.rooms[name]

    @route("POST", "/v1/rooms/([^/]+)")
    def update(self, call, name):
        self.authorize(call)
        return self.settle(self.room(name), call.json())

    @route("GET", "/v1/rooms")
    def index(self, call):
        self.authorize(call)
        limit = int(call.query.get("limit", 100))
        if not 1 <= limit <= 100:
            refuse(400, "invalid-request-error", "limit")
        rooms = list(self.rooms.values())
        ids = [room["id"] for room in rooms]
        start = ids.index(call.query["starting_after"]) + 1 if "starting_after" in call.query else 0
        return {"total_count": len(rooms), "data": rooms[start : start + limit]}

    @route("DELETE", "/v1/rooms/([^/]+)")
    def delete(self, call, name):
        self.authorize(call)
        self.room(name)
        del self.rooms[name]
        return {"deleted": True, "name": name}

    @route("GET", "/v1/rooms/([^/]+)/presence")
    def presence(self, call, name):
        self.authorize(call)
        self.room(name)
        people = [{"id": str(uuid.uuid4()), "room": name, "userId": uid} for uid in self.inside.get(name, {})]
        return {"total_count": len(people), "data": people}

    @route("POST", "/v1/rooms/([^/]+)/eject")
    def eject(self, call, name):
        self.authorize(call)
        self.room(name)
        facts = call.json()
        uids = facts.get("user_ids", [])
        if set(facts) - {"ids", "user_ids", "ban"} or not 1 <= len(uids) <= 100:
            refuse(400, "invalid-request-error")
        gone = [uid for uid in uids if self.inside.get(name, {}).pop(uid, None) is not None]
        self.banned |= {(name, uid) for uid in uids if facts.get("ban")}
        return {"ejectedIds": gone}

    @route("POST", "/v1/meeting-tokens")
    def token(self, call):
        self.authorize(call)
        properties = call.json().get("properties", {})
        if set(properties) - TOKEN_PROPERTIES:
            refuse(400, "invalid-request-error", "unknown property")
        return {"token": jwt.encode(properties, LONG_SECRET, algorithm="HS256")}

    @route("GET", "/([^/]+)")
    def page(self, call, name):
        self.room(name)
        return "<!doctype html><html lang=en><title>Daily</title><p>The room at Daily</p>"

    def admit(self, entry, room):
        """A frame with the room's page, to which the token is given."""
        name = room.name if room else entry.url.rpartition("/")[2]
        config = self.rooms[name]["config"] if name in self.rooms else self.no("no such room")
        claims = self.claims(entry.token)
        at, uid = self.seconds(), claims["user_id"]
        if claims["room_name"] != name or not claims["nbf"] <= at < claims["exp"]:
            self.no("token of another room, or time")
        if (name, uid) in self.banned or not config["nbf"] <= at < config["exp"]:
            self.no("banned, or the room is closed")
        return name, uid, claims["is_owner"]

    def claims(self, token):
        try:
            return jwt.decode(token, LONG_SECRET, algorithms=["HS256"], options=UNTIMED)
        except jwt.InvalidTokenError:
            raise NoEntry("bad token") from None

    def no(self, reason):
        raise NoEntry(reason)

    def webhook(self, kind, room, person_uid="", *, at=None, key="evt-1", secret=None):
        stamp = str(int((at or self.now()).timestamp()))
        payload = {"room": room.name, "meeting_id": "m"} | ({"user_id": person_uid} if person_uid else {})
        message = {"version": "1.0.0", "type": RAW_KINDS[kind], "id": key, "payload": payload, "event_ts": float(stamp)}
        body = json.dumps(message).encode()
        signed = hmac.new((secret or LONG_SECRET).encode(), f"{stamp}.".encode() + body, "sha256").digest()
        return {"X-Webhook-Timestamp": stamp, "X-Webhook-Signature": base64.b64encode(signed).decode()}, body
