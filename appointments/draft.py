"""What somebody has chosen and answered on the way to a booking: in the session, so that it survives signing in."""

import json
import secrets
from base64 import b64decode, b64encode
from typing import Any

from django.contrib.sessions.backends.base import SessionBase

from clinic.crypto import CannotDecrypt, decrypt, encrypt

HOLD_KEY = "hold_key"
ANSWERS = "booking"
PLACE = "appointments.draft"


def hold_key(session: SessionBase) -> str:
    """The random key under which this browser holds a time; empty if it never chose one."""
    return session.get(HOLD_KEY, "")


def make_hold_key(session: SessionBase) -> str:
    """The same, made when a time is chosen for the first time."""
    return session.setdefault(HOLD_KEY, secrets.token_urlsafe(24))


class Draft:
    """The answers so far, encrypted, since they hold symptoms: patient (its uid), reason_category, symptoms,
    is_emergency. They are not bound to a time: when one is gone, another is chosen and nothing has to be typed again.

    `key` is the booking's idempotency key; a new draft has a new one.
    """

    def __init__(self, session: SessionBase) -> None:
        self._session = session
        self.answers = self._read()

    @property
    def key(self) -> str:
        return self.answers.get("key", "")

    def keep(self, **answers: Any) -> None:
        """Add or replace answers."""
        self.answers = {"key": secrets.token_urlsafe(24), **self.answers, **answers}
        sealed = encrypt(json.dumps(self.answers).encode(), place=PLACE)
        self._session[ANSWERS] = b64encode(sealed).decode()

    def clear(self) -> None:
        self.answers = {}
        self._session.pop(ANSWERS, None)

    def _read(self) -> dict[str, Any]:
        try:
            return json.loads(decrypt(b64decode(self._session.get(ANSWERS, "")), place=PLACE))
        except (CannotDecrypt, ValueError):  # none yet, or from before its data key was destroyed
            return {}
