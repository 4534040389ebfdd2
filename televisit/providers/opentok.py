"""OpenTok, Vonage's classic environment: an API key and its secret."""

import secrets
import uuid
from datetime import datetime, timedelta
from typing import Any

import jwt
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from .base import Field
from .http import seconds
from .sessions import SIGNATURE_SECRET, UNHASHED, Sessions

CALL_LIFE = timedelta(minutes=3)
CLOCK_SLACK = timedelta(seconds=30)


class OpenTok(Sessions):
    name = "opentok"
    label = _("OpenTok (classic Vonage Video)")
    address = "https://api.opentok.com"
    script = "https://static.opentok.com/v2/js/opentok.min.js"
    credential_fields = (
        Field("api_key", _("Project API key"), is_secret=False, help=_("A number, in the OpenTok account.")),
        Field("api_secret", _("Project secret")),
        SIGNATURE_SECRET,
        UNHASHED,
    )

    @property
    def _project(self) -> str:
        return self.account.credentials["api_key"]

    def _call_headers(self) -> dict[str, str]:
        at = timezone.now() - CLOCK_SLACK
        claims = {"ist": "project", "jti": str(uuid.uuid4())}
        return {"X-OPENTOK-AUTH": self._token(claims, at=at, ends_at=at + CALL_LIFE)}

    def _client_token(self, session: str, person_uid: str, role: str, *, at: datetime, ends_at: datetime) -> str:
        claims = {
            "ist": "project",
            "session_id": session,
            "role": role,
            "scope": "session.connect",
            "connection_data": person_uid,
            "nonce": secrets.randbelow(10**9),
        }
        return self._token(claims, at=at, ends_at=ends_at)

    def _token(self, claims: dict[str, Any], *, at: datetime, ends_at: datetime) -> str:
        times = {"iat": seconds(at), "exp": seconds(ends_at)}
        return jwt.encode({"iss": self._project, **times, **claims}, self.account.credentials["api_secret"], "HS256")
