import os
from datetime import timedelta
from typing import Any

import jwt
import pytest
from django.utils import timezone

from clinic.signing import BadToken, sign, verify


def test_a_token_carries_its_payload() -> None:
    token = sign({"visit": "K7F3QX"}, purpose="join", expires_at=timezone.now() + timedelta(minutes=5))

    assert verify(token, purpose="join") == {"visit": "K7F3QX"}


def test_a_token_does_not_serve_another_purpose() -> None:
    token = sign({"visit": "K7F3QX"}, purpose="join")

    with pytest.raises(BadToken):
        verify(token, purpose="prescription")


def test_a_payload_cannot_choose_its_purpose() -> None:
    token = sign({"aud": "join"}, purpose="prescription")

    with pytest.raises(BadToken):
        verify(token, purpose="join")


def test_an_expired_token_is_refused() -> None:
    token = sign({}, purpose="join", expires_at=timezone.now() - timedelta(seconds=1))

    with pytest.raises(BadToken):
        verify(token, purpose="join")


@pytest.mark.parametrize("token", ["", "x", "a.b.c", jwt.encode({"aud": "join"}, None, algorithm="none")])
def test_what_we_did_not_sign_is_refused(token: str) -> None:
    with pytest.raises(BadToken):
        verify(token, purpose="join")


def test_a_changed_token_is_refused() -> None:
    header, payload, _signature = sign({"role": "patient"}, purpose="join").split(".")
    _header, _payload, signature = sign({"role": "doctor"}, purpose="join").split(".")

    with pytest.raises(BadToken):
        verify(f"{header}.{payload}.{signature}", purpose="join")


def test_tokens_outlive_a_change_of_keys_until_the_old_key_goes(settings: Any) -> None:
    token = sign({"a": 1}, purpose="join")

    settings.SIGNING_KEYS = [os.urandom(32), *settings.SIGNING_KEYS]
    assert verify(token, purpose="join") == {"a": 1}

    settings.SIGNING_KEYS = settings.SIGNING_KEYS[:1]
    with pytest.raises(BadToken):
        verify(token, purpose="join")
