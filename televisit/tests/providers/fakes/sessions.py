"""Vonage's sessions in both environments, after its SDKs."""

import base64
import hashlib
import json
import uuid
from datetime import timedelta
from functools import cache
from pathlib import Path
from urllib.parse import parse_qs, urlsplit

import jwt
from cryptography.hazmat.primitives import serialization
from cryptography.hazmat.primitives.asymmetric import rsa

from televisit.providers.opentok import OpenTok
from televisit.providers.vonage import Vonage

from .server import LONG_SECRET, UNTIMED, FakeService, NoEntry, Refusal, route

RAW_KINDS = {
    "started": "sessionCreated",
    "ended": "sessionDestroyed",
    "joined": "connectionCreated",
    "left": "connectionDestroyed",
    "unknown": "streamCreated",
}
FORM = {"p2p.preference", "archiveMode", "location", "e2ee", "archiveName", "archiveResolution"}
SCRIPT = (Path(__file__).parent / "opentok.js").read_text()


def refuse(status, message):
    raise Refusal(status, {"code": status, "message": message, "description": message})


@cache
def private_key():
    """A key of its own for each run of the tests."""
    key = rsa.generate_private_key(public_exponent=65537, key_size=2048)
    shape = serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption()
    return key.private_bytes(*shape).decode()


@cache
def public_key():
    key = serialization.load_pem_private_key(private_key().encode(), None).public_key()
    return key.public_bytes(serialization.Encoding.PEM, serialization.PublicFormat.SubjectPublicKeyInfo).decode()


class FakeSessions(FakeService):
    bans = False
    lists_rooms = False
    project: str

    def __init__(self):
        super().__init__()
        self.sessions, self.connections, self.entered = [], {}, []

    def good(self, claims):
        if not claims["iat"] <= self.seconds() < claims["exp"]:
            raise jwt.InvalidTokenError("expired, or not good yet")
        return claims

    def session(self, name):
        if name not in self.sessions:
            refuse(404, "Session not found")

    @route("POST", "/session/create")
    def create(self, call):
        self.authorize(call)
        form = call.form()
        if set(form) - FORM or form.get("p2p.preference") not in {"enabled", "disabled", "always"}:
            refuse(400, "Invalid parameter")
        parts = base64.urlsafe_b64encode(f"1~{self.project}~{uuid.uuid4()}".encode()).decode().rstrip("=")
        self.sessions.append(f"1_{parts}")
        if call.headers.get("Accept") != "application/json":
            return "<sessions><Session><session_id>x</session_id></Session></sessions>"
        return [{"session_id": self.sessions[-1], "project_id": self.project, "partner_id": self.project}]

    @route("GET", "/v2/project/([^/]+)/session/([^/]+)/connection")
    def list_connections(self, call, project, session):
        self.authorize(call)
        self.right(project)
        self.session(session)
        of = [name for name, (room, _uid) in self.connections.items() if room == session]
        items = [{"connectionId": name, "connectionState": "Connected", "createdAt": 1384221730000} for name in of]
        return {"count": len(items), "projectId": project, "sessionId": session, "items": items}

    @route("DELETE", "/v2/project/([^/]+)/session/([^/]+)/connection/([^/]+)")
    def disconnect(self, call, project, session, connection):
        self.authorize(call)
        self.right(project)
        room, uid = self.connections.pop(connection, None) or refuse(404, "Not connected")
        self.inside[room].pop(uid)

    @route("GET", "/opentok.js")
    def script(self, call):
        return SCRIPT

    @route("POST", "/connect")
    def connect(self, call):
        """What the browsers' script says over its own line."""
        self.entered.append(jwt.decode(call.body.decode(), options={"verify_signature": False}))
        return {}

    def right(self, project):
        if project != self.project:
            refuse(403, "Forbidden")

    def admit(self, entry, room):
        try:
            claims = self.good(self.client_claims(entry.token))
        except jwt.InvalidTokenError as error:
            raise NoEntry(str(error)) from None
        facts = parse_qs(urlsplit(entry.url).fragment)
        name = room.name if room else facts["session"][0]
        if claims["session_id"] != name or name not in self.sessions or claims["scope"] != "session.connect":
            raise NoEntry("token of another session")
        uid = claims["connection_data"]
        self.connections[str(uuid.uuid4())] = (name, uid)
        return name, uid, claims["role"] == "moderator"

    def webhook(self, kind, room, person_uid="", *, at=None, key="1", secret=None, **claims):
        at = (at or self.now()) + timedelta(milliseconds=int(key) if key.isdigit() else 0)
        held = [name for name, (_room, uid) in self.connections.items() if uid == person_uid]
        connection = {"id": held[0] if held else "c-1", "createdAt": 1, "data": person_uid}
        message = {"sessionId": room.name, "projectId": self.project, "event": RAW_KINDS[kind]}
        message |= {"timestamp": int(at.timestamp() * 1000)} | ({"connection": connection} if person_uid else {})
        body = json.dumps(message).encode()
        digest = hashlib.sha256(body).hexdigest()
        claims = {"iat": int(at.timestamp()), "jti": str(uuid.uuid4()), "payload_hash": digest} | claims
        claims = {name: value for name, value in claims.items() if value is not None}
        return {"Authorization": f"Bearer {jwt.encode(claims, secret or LONG_SECRET, algorithm='HS256')}"}, body


class FakeOpenTok(FakeSessions):
    provider = OpenTok
    project = "45678901"
    credentials = {"api_key": project, "api_secret": LONG_SECRET, "signature_secret": LONG_SECRET}

    def authorize(self, call):
        try:
            claims = jwt.decode(
                call.headers.get("X-OPENTOK-AUTH", ""), LONG_SECRET, algorithms=["HS256"], options=UNTIMED
            )
            self.good(claims)
        except jwt.InvalidTokenError as error:
            refuse(403, str(error))
        if claims["iss"] != self.project or claims["ist"] != "project" or not claims["jti"]:
            refuse(403, "Invalid token")

    def client_claims(self, token):
        claims = jwt.decode(token, LONG_SECRET, algorithms=["HS256"], options=UNTIMED)
        if claims["iss"] != self.project or claims["ist"] != "project":
            raise jwt.InvalidTokenError("of another project")
        return claims


class FakeVonage(FakeSessions):
    provider = Vonage
    project = "11112222-3333-4444-5555-666677778888"

    def given_credentials(self):
        return {"application_id": self.project, "private_key": private_key(), "signature_secret": LONG_SECRET}

    def authorize(self, call):
        kind, _space, token = call.headers.get("Authorization", "").partition(" ")
        try:
            claims = self.good(jwt.decode(token, public_key(), algorithms=["RS256"], options=UNTIMED))
        except jwt.InvalidTokenError as error:
            refuse(401, str(error))
        if kind != "Bearer" or claims["application_id"] != self.project or not claims["jti"]:
            refuse(401, "Invalid token")

    def client_claims(self, token):
        claims = jwt.decode(token, public_key(), algorithms=["RS256"], options=UNTIMED)
        wanted = {"application_id": self.project, "subject": "video", "acl": {"paths": {"/session/**": {}}}}
        if any(claims[name] != value for name, value in wanted.items()):
            raise jwt.InvalidTokenError("of another application")
        return claims
