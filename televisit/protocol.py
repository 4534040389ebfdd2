"""What a page may say over the socket of a visit, and how often."""

import json
import re
import time
from typing import Any

from clinic.codes import ALPHABET

MAX_BYTES = 64 * 1024
UID = re.compile(f"[{ALPHABET}]{{16}}")
PEER = re.compile(r"[0-9a-f]{16,32}")  # random, for one load of a page


class BadMessage(Exception):
    """Says in `code` what is wrong with a message; nothing was done."""

    def __init__(self, code: str) -> None:
        super().__init__(code)
        self.code = code


class TooLarge(BadMessage):
    """More than MAX_BYTES, or not text at all."""

    def __init__(self) -> None:
        super().__init__("too_large")


def read_message(text: str | None) -> dict[str, Any]:
    """The message in a text frame, of a known `type` and with what that type needs. Raises BadMessage."""
    if text is None or len(text.encode()) > MAX_BYTES:
        raise TooLarge
    try:
        message = json.loads(text)
    except (ValueError, RecursionError):  # the first also for a number of too many digits
        raise BadMessage("not_json") from None
    if not isinstance(message, dict) or str(message.get("type")) not in CHECKS:
        raise BadMessage("unknown_type")
    if not CHECKS[message["type"]](message):
        raise BadMessage("malformed")
    return message


def is_hello(message: dict[str, Any]) -> bool:
    """``{peer, token?}``"""
    token = message.get("token", "")
    return is_peer(message.get("peer")) and isinstance(token, str) and token.isascii()


def is_admission(message: dict[str, Any]) -> bool:
    """``{participant}``"""
    uid = message.get("participant")
    return isinstance(uid, str) and UID.fullmatch(uid) is not None


def is_signal(message: dict[str, Any]) -> bool:
    """``{to, data}``, where data is one of description, candidate, state and reset."""
    data = message.get("data")
    if not (is_peer(message.get("to")) and isinstance(data, dict) and len(data) == 1):
        return False
    [(name, value)] = data.items()
    return name in PARTS and PARTS[name](value)


def is_peer(value: Any) -> bool:
    return isinstance(value, str) and PEER.fullmatch(value) is not None


def is_description(value: Any) -> bool:
    """An RTCSessionDescription."""
    return isinstance(value, dict) and value.get("type") in {"offer", "answer"} and isinstance(value.get("sdp"), str)


def is_candidate(value: Any) -> bool:
    """An RTCIceCandidate, or null after the last one."""
    return value is None or (isinstance(value, dict) and isinstance(value.get("candidate"), str))


def is_state(value: Any) -> bool:
    """What is sent now, and whether pictures are wanted: ``{microphone, camera, screen, pictures}``."""
    names = {"microphone", "camera", "screen", "pictures"}
    return isinstance(value, dict) and value.keys() == names and all(isinstance(flag, bool) for flag in value.values())


def is_true(value: Any) -> bool:
    return value is True


def has_nothing_more(message: dict[str, Any]) -> bool:
    return message.keys() == {"type"}


CHECKS = {
    "hello": is_hello,
    "signal": is_signal,
    "admit": is_admission,
    "relays": has_nothing_more,
    "ping": has_nothing_more,
    "bye": has_nothing_more,
}
PARTS = {"description": is_description, "candidate": is_candidate, "state": is_state, "reset": is_true}


class Bucket:
    """A rate limit: `capacity` at once, and `each_second` more every second."""

    def __init__(self, *, capacity: int, each_second: float) -> None:
        self.capacity = capacity
        self.each_second = each_second
        self.left = float(capacity)
        self.at = time.monotonic()

    def take(self) -> bool:
        """Whether one more is allowed now."""
        now = time.monotonic()
        self.left = min(self.capacity, self.left + (now - self.at) * self.each_second)
        self.at = now
        if self.left < 1:
            return False
        self.left -= 1
        return True
