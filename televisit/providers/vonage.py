"""Vonage Video in its unified environment: an application and its private key."""

import uuid
from datetime import datetime, timedelta
from typing import Any

import jwt
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from .base import Field
from .errors import BadAccount
from .http import seconds
from .sessions import SIGNATURE_SECRET, UNHASHED, Sessions

CALL_LIFE = timedelta(minutes=5)
CLOCK_SLACK = timedelta(seconds=30)


class Vonage(Sessions):
    """The script is one release, whose content browsers compare with `script_integrity`; its licence allows no copy."""

    name = "vonage"
    label = _("Vonage Video (unified)")
    address = "https://video.api.vonage.com"
    script = "https://unpkg.com/@vonage/client-sdk-video@2.35.2/dist/js/opentok.min.js"
    script_integrity = "sha384-AsyBcbj6I2gJqO5eO1PxMhGZCmpEG5Kp+Q5KaKXRpK1BWLOwSfTcKFNKTbbb4jlJ"
    credential_fields = (
        Field("application_id", _("Application ID"), is_secret=False, help=_("In Vonage’s dashboard.")),
        Field("private_key", _("Private key"), help=_("The whole file, from BEGIN to END."), is_long=True),
        SIGNATURE_SECRET,
        UNHASHED,
    )

    @property
    def _project(self) -> str:
        return self.account.credentials["application_id"]

    def _call_headers(self) -> dict[str, str]:
        at = timezone.now() - CLOCK_SLACK
        return {"Authorization": f"Bearer {self._token({}, at=at, ends_at=at + CALL_LIFE)}"}

    def _client_token(self, session: str, person_uid: str, role: str, *, at: datetime, ends_at: datetime) -> str:
        claims = {
            "session_id": session,
            "role": role,
            "subject": "video",
            "scope": "session.connect",
            "acl": {"paths": {"/session/**": {}}},
            "connection_data": person_uid,
        }
        return self._token(claims, at=at, ends_at=ends_at)

    def _token(self, claims: dict[str, Any], *, at: datetime, ends_at: datetime) -> str:
        about = {"application_id": self._project, "jti": str(uuid.uuid4())}
        times = {"iat": seconds(at), "exp": seconds(ends_at)}
        try:
            return jwt.encode({**about, **times, **claims}, self.account.credentials["private_key"], "RS256")
        except (ValueError, TypeError, jwt.InvalidKeyError):
            raise BadAccount(_("The private key cannot be read. Paste the whole file, from BEGIN to END.")) from None
