"""The second step of signing in: who must have one, whether a session has taken it, how allauth keeps secrets."""

from base64 import b64decode, b64encode
from collections.abc import Callable
from io import BytesIO
from typing import Any

import segno
from allauth.core import context
from allauth.mfa.adapter import DefaultMFAAdapter
from allauth.mfa.models import Authenticator
from django.conf import settings
from django.contrib.auth.base_user import AbstractBaseUser
from django.db import transaction
from django.http import HttpRequest, HttpResponse, JsonResponse
from django.shortcuts import redirect
from django.utils.translation import gettext_lazy as _

from clinic.audit.models import AuditEntry
from clinic.crypto import decrypt, encrypt
from clinic.people.models import Clinic
from clinic.people.sessions import end_sessions_of
from clinic.people.signals import second_factor_reset
from clinic.templatetags.portal import browser_name
from clinic.text import one_line

PLACE = "mfa.authenticator.data"
MARK = "second_factor_of"  # in a session: the user who has taken the second step in it
MISSING = "second_factor_needed"
MISSING_WORDS = _("Set up a second step of signing in first.")
OPEN = ("mfa_", "account_", "usersessions_", "headless:", "health-", "totp-qr", "sign-in-again", "csp-report")


def is_required_of(user: Any) -> bool:
    return settings.SECOND_FACTOR_REQUIRED and user.is_authenticated and user.works_with_records


def is_missing(user: Any, session: Any) -> bool:
    """Whether `session` opens nothing yet, because its user has to take the second step in it."""
    return is_required_of(user) and session.get(MARK) != user.pk


def take(user: Any, session: Any) -> None:
    """Note that the user has taken the second step in `session`."""
    session[MARK] = user.pk


def drop_if_last(user: Any, session: Any) -> None:
    """After a removal: a session whose user has no second step left has not taken it."""
    if not Authenticator.objects.filter(user=user).exists():
        session.pop(MARK, None)


@transaction.atomic
def reset(user: Any) -> None:
    """For who has lost it all: what was set up is gone, every session ends, people hear of it, the audit log too."""
    Authenticator.objects.filter(user=user).delete()
    AuditEntry.objects.record(AuditEntry.Action.CHANGED, user, by=None)
    end_sessions_of(user)
    second_factor_reset.send(sender=Authenticator, user=user)


class SecondFactorMiddleware:
    """Leads who misses the second step to where it is set up; programs get 403 with a code."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        return self.get_response(request)

    def process_view(self, request: HttpRequest, *view: Any) -> HttpResponse | None:
        match = request.resolver_match
        if match is None or match.view_name.startswith(OPEN) or not is_missing(request.user, request.session):
            return None
        if request.path.startswith(("/api/", "/fhir/")):
            return JsonResponse({"code": MISSING, "detail": str(MISSING_WORDS)}, status=403)
        return redirect("mfa_index")


class SecondFactorAdapter(DefaultMFAAdapter):
    """Secrets are encrypted, the QR code is ours, and everything has the clinic's name."""

    error_messages = {
        **DefaultMFAAdapter.error_messages,
        "incorrect_code": _("This code is not right. Codes of an app hold for half a minute: enter the newest one"),
        "unverified_email": _("Confirm your email address first"),
    }

    def encrypt(self, text: str) -> str:
        return b64encode(encrypt(text.encode(), place=PLACE)).decode()

    def decrypt(self, encrypted_text: str) -> str:
        return decrypt(b64decode(encrypted_text), place=PLACE).decode()

    def get_totp_issuer(self) -> str:
        clinic = Clinic.objects.order_by("pk").first()
        return one_line(clinic.name) if clinic else str(_("Clinic portal"))

    def build_totp_svg(self, url: str) -> str:
        image = BytesIO()
        segno.make_qr(url, error="m").save(image, kind="svg", scale=6, border=4, dark="#000", light="#fff")
        return image.getvalue().decode()

    def get_public_key_credential_rp_entity(self) -> dict[str, str]:
        return {**super().get_public_key_credential_rp_entity(), "name": self.get_totp_issuer()}

    def generate_authenticator_name(self, user: AbstractBaseUser, type: Authenticator.Type) -> str:
        return browser_name(context.request.META.get("HTTP_USER_AGENT", ""))
