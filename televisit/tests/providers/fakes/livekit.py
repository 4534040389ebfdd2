"""A LiveKit server: its room service (JSON), its door, and the webhooks that it signs."""

import base64
import hashlib
import json

import jwt

from televisit.providers.livekit import LiveKit

from .server import LONG_SECRET, FakeService, NoEntry, Refusal, route

FIELDS = {
    "CreateRoom": {"name", "empty_timeout", "departure_timeout", "max_participants", "metadata"},
    "ListRooms": {"names"},
    "DeleteRoom": {"room"},
    "RemoveParticipant": {"room", "identity", "revoke_token_ts"},
}
GRANTS = {
    "CreateRoom": "roomCreate",
    "DeleteRoom": "roomCreate",
    "ListRooms": "roomList",
    "RemoveParticipant": "roomAdmin",
}
RAW_KINDS = {
    "started": "room_started",
    "ended": "room_finished",
    "joined": "participant_joined",
    "left": "participant_left",
    "unknown": "track_published",
}
LEEWAY = 60


class FakeLiveKit(FakeService):
    provider = LiveKit
    credentials = {"api_key": "APIkey", "api_secret": LONG_SECRET}

    def __init__(self):
        super().__init__()
        self.rooms, self.revoked = {}, {}

    def claims(self, token):
        """As the server's verifier: HS256, the key's secret, `exp` demanded, a minute of leeway."""
        try:
            header = jwt.decode(token, options={"verify_signature": False})
            if header.get("iss") != self.credentials["api_key"]:
                raise Refusal(401, "invalid API key")
            options = {"require": ["exp"], "verify_exp": False, "verify_nbf": False}
            claims = jwt.decode(token, LONG_SECRET, algorithms=["HS256"], options=options)
        except jwt.InvalidTokenError as error:
            raise Refusal(401, f"invalid authorization token: {error}") from None
        if not claims.get("nbf", 0) - LEEWAY <= self.seconds() < claims["exp"] + LEEWAY:
            raise Refusal(401, "invalid authorization token: token is expired or not valid yet")
        return claims

    @route("POST", r"/twirp/livekit\.RoomService/(\w+)")
    def serve(self, call, method):
        kind, _space, token = call.headers.get("Authorization", "").partition(" ")
        if kind != "Bearer":
            raise Refusal(401, "invalid authorization header. Must start with Bearer ")
        video, request = self.claims(token).get("video", {}), call.json()
        if method not in FIELDS:
            raise Refusal(404, {"code": "bad_route", "msg": "no handler"})
        if set(request) - FIELDS[method]:
            raise Refusal(400, {"code": "malformed", "msg": "unknown field"})
        grant = GRANTS[method]
        if not video.get(grant) or (grant == "roomAdmin" and video.get("room") != request["room"]):
            raise Refusal(401, {"code": "unauthenticated", "msg": "permissions denied"})
        return getattr(self, method)(request)

    def CreateRoom(self, request):  # noqa: N802
        room = self.rooms.setdefault(request["name"], {"sid": f"RM_{len(self.rooms)}", "num_participants": 0})
        room.update({name: value for name, value in request.items() if value})
        return room

    def ListRooms(self, request):  # noqa: N802
        return {"rooms": list(self.rooms.values())}

    def DeleteRoom(self, request):  # noqa: N802
        self.there(request["room"])
        del self.rooms[request["room"]]
        self.inside.pop(request["room"], None)
        return {}

    def RemoveParticipant(self, request):  # noqa: N802
        if self.inside.get(request["room"], {}).pop(request["identity"], None) is None:
            raise Refusal(404, {"code": "not_found", "msg": "participant does not exist"})
        self.revoked[request["room"], request["identity"]] = self.seconds() + 60
        return {}

    def there(self, name):
        if name not in self.rooms:
            raise Refusal(404, {"code": "not_found", "msg": "requested room does not exist", "meta": {}})

    def admit(self, entry, room):
        """The WebSocket's door, with auto_create off."""
        try:
            claims = self.claims(entry.token)
        except Refusal as refusal:
            raise NoEntry(refusal.body) from None
        video, uid = claims["video"], claims["sub"]
        name = room.name if room else video["room"]
        if not video.get("roomJoin") or video["room"] != name or name not in self.rooms:
            raise NoEntry("no such room for this token")
        if claims["nbf"] < self.revoked.get((name, uid), 0):
            raise NoEntry("revoked")
        return name, uid, video.get("roomAdmin", False)

    def webhook(self, kind, room, person_uid="", *, at=None, key="EV_1", secret=None):
        at = int((at or self.now()).timestamp())
        message = {
            "event": RAW_KINDS[kind],
            "id": key,
            "createdAt": str(at),
            "room": {"sid": "RM_1", "name": room.name},
        }
        if person_uid:
            message["participant"] = {"sid": "PA_1", "identity": person_uid}
        body = json.dumps(message).encode()
        digest = base64.b64encode(hashlib.sha256(body).digest()).decode()
        claims = {"iss": self.credentials["api_key"], "nbf": at, "exp": at + 300, "sha256": digest}
        return {"Authorization": jwt.encode(claims, secret or LONG_SECRET, algorithm="HS256")}, body
