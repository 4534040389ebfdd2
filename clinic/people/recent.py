"""Whether somebody has signed in just now: asked before what changes an account, or hands out rights."""

import time
from typing import Any

from allauth.account import app_settings
from allauth.account.authentication import AUTHENTICATION_METHODS_SESSION_KEY
from django.http import HttpRequest

MARK = "signed_in_at"  # in a session: when, as time.time() gives it


def note_sign_in(request: HttpRequest, **kwargs: Any) -> None:
    """Receiver of Django's user_logged_in."""
    request.session[MARK] = time.time()


def has_just_signed_in(session: Any) -> bool:
    """Whether its user has signed in, or said again who they are, within ACCOUNT_REAUTHENTICATION_TIMEOUT."""
    records = session.get(AUTHENTICATION_METHODS_SESSION_KEY, [])
    again = [record["at"] for record in records if record.get("reauthenticated")]
    return time.time() - max([session.get(MARK, 0), *again]) < app_settings.REAUTHENTICATION_TIMEOUT
