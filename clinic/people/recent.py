"""Whether somebody has signed in just now: asked before what changes an account, or hands out rights."""

import time
from typing import Any

from allauth.account import app_settings
from django.http import HttpRequest

MARK = "signed_in_at"  # in a session: when, as time.time() gives it


def note_sign_in(request: HttpRequest, **kwargs: Any) -> None:
    """Receiver of Django's user_logged_in."""
    request.session[MARK] = time.time()


def has_just_signed_in(request: HttpRequest) -> bool:
    """Within ACCOUNT_REAUTHENTICATION_TIMEOUT."""
    return time.time() - request.session.get(MARK, 0) < app_settings.REAUTHENTICATION_TIMEOUT
