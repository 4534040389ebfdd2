"""Signed tokens of our own (Ed25519), apart from SECRET_KEY: join tokens, verification codes on paper."""

from datetime import datetime
from typing import Any

import jwt
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from django.conf import settings

ALGORITHM = "EdDSA"


class BadToken(Exception):
    """Not signed by us, changed, expired, or made for another purpose."""


def sign(payload: dict[str, Any], *, purpose: str, expires_at: datetime | None = None) -> str:
    """A token that carries `payload`, readable by all, that only `verify` with the same `purpose` accepts."""
    claims = {**payload, "aud": purpose}
    if expires_at is not None:
        claims["exp"] = expires_at
    return jwt.encode(claims, _signing_keys()[0], algorithm=ALGORITHM)


def verify(token: str, *, purpose: str) -> dict[str, Any]:
    """The payload of a token that one of SIGNING_KEYS signed for `purpose`. Raises BadToken."""
    for key in _signing_keys():
        try:
            claims = jwt.decode(token, key.public_key(), algorithms=[ALGORITHM], audience=purpose)
        except jwt.InvalidSignatureError:
            continue
        except jwt.InvalidTokenError as problem:
            raise BadToken(str(problem)) from None
        return {name: value for name, value in claims.items() if name not in {"aud", "exp"}}
    raise BadToken("none of our keys signed this token")


def _signing_keys() -> list[Ed25519PrivateKey]:
    return [Ed25519PrivateKey.from_private_bytes(seed) for seed in settings.SIGNING_KEYS]
