"""What every service's messages have in common: how large, how old and how deep they may be."""

import binascii
import hashlib
import hmac
import json
from collections.abc import Mapping
from datetime import UTC, datetime, timedelta
from typing import Any

import jwt
from jwt.types import Options

from .errors import BadSignature, BadWebhook

LARGEST_BODY = 256 * 1024
REPLAY_WINDOW = timedelta(minutes=5)
MILLISECONDS_FROM = 1e11  # as seconds this is the year 5138
UNCHECKED: Options = {"verify_exp": False, "verify_nbf": False, "verify_iat": False, "verify_aud": False}


def header(headers: Mapping[str, str], name: str) -> str:
    """The value of a header, however its name is written; empty if there is none."""
    found = (value for key, value in headers.items() if key.lower() == name.lower())
    return next(found, "")


def refuse_large(body: bytes) -> None:
    """Raise BadWebhook for more than any service sends, before anything else is done with it."""
    if len(body) > LARGEST_BODY:
        raise BadWebhook


def refuse_unequal(given: str, wanted: str) -> None:
    """Raise BadSignature unless both are the same; takes as long for every wrong one. An empty one is always wrong."""
    if not wanted or not hmac.compare_digest(given.encode(errors="replace"), wanted.encode()):
        raise BadSignature


def refuse_old(sent_at: datetime, at: datetime, *, window: timedelta = REPLAY_WINDOW) -> None:
    """Raise BadSignature for what was signed too long before, or after, the instant `at`."""
    if abs(at - sent_at) > window:
        raise BadSignature


def signed_claims(token: str, secret: str, *, at: datetime, window: timedelta = REPLAY_WINDOW) -> dict[str, Any]:
    """The claims of a token that was signed with `secret` (HS256) and is good at the instant `at`, or BadSignature."""
    if not secret:
        raise BadSignature
    try:
        claims = jwt.decode(token, secret, algorithms=["HS256"], options=UNCHECKED)
        ends_at, begins_at = instant(claims.get("exp"), at), instant(claims.get("nbf", claims.get("iat")), at)
    except (jwt.InvalidTokenError, ValueError):
        raise BadSignature from None
    if ends_at < at - REPLAY_WINDOW:
        raise BadSignature
    refuse_old(begins_at, at, window=window)
    return claims


def sha256(body: bytes) -> bytes:
    return hashlib.sha256(body).digest()


def decoded(text: str) -> bytes:
    """The bytes of a BASE-64 secret. Raises BadSignature: with a secret that is none, nothing is signed well."""
    try:
        return binascii.a2b_base64(text, strict_mode=True)
    except (binascii.Error, ValueError):
        raise BadSignature from None


def parsed(body: bytes) -> dict[str, Any]:
    """The JSON object in `body`, or BadWebhook. For what was verified only."""
    try:
        message = json.loads(body)
    except (ValueError, RecursionError):
        raise BadWebhook from None
    if not isinstance(message, dict):
        raise BadWebhook
    return message


def part(message: dict[str, Any], name: str) -> dict[str, Any]:
    """The object under `name`; an empty one if there is none."""
    found = message.get(name)
    return found if isinstance(found, dict) else {}


def text(message: dict[str, Any], name: str, *, limit: int) -> str:
    """The text under `name`, as far as it can be kept; empty if there is none, or a longer one than we keep."""
    found = message.get(name)
    clean = "".join(filter(str.isprintable, found)) if isinstance(found, str) else ""
    return clean if len(clean) <= limit else ""


def instant(value: Any, at: datetime) -> datetime:
    """What a service calls a time: Unix seconds or milliseconds, also as text, or ISO 8601. Nothing stands for `at`.

    Raises ValueError for what is no time.
    """
    if value in (None, ""):
        return at
    try:
        number = float(value)
    except (TypeError, OverflowError):
        raise ValueError("no time") from None
    except ValueError:
        found = datetime.fromisoformat(value)
        return found if found.tzinfo else found.replace(tzinfo=UTC)
    try:
        return datetime.fromtimestamp(number / 1000 if number > MILLISECONDS_FROM else number, UTC)
    except (OverflowError, OSError):
        raise ValueError("no time") from None


def told_at(value: Any, at: datetime) -> datetime:
    """As `instant`, of what was verified: raises BadWebhook."""
    try:
        return instant(value, at)
    except ValueError:
        raise BadWebhook from None
