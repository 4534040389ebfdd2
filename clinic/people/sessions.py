"""Where a person is signed in: a UserSession row for each session that is alive."""

from collections.abc import Callable
from datetime import datetime, timedelta

from allauth.headless.tokens.strategies.sessions import SessionTokenStrategy
from allauth.usersessions.adapter import get_adapter
from allauth.usersessions.models import UserSession
from django.conf import settings
from django.contrib.auth import HASH_SESSION_KEY, SESSION_KEY, logout
from django.contrib.sessions.backends.db import SessionStore
from django.contrib.sessions.models import Session
from django.core.cache import caches
from django.http import HttpRequest, HttpResponse
from django.utils import timezone

from clinic.live import SUSPENDED, close_sockets, group_of_user
from clinic.people.models import ApiToken, User

SEEN_SECONDS = 60


class SeenMiddleware:
    """Notes at most once a minute, in each process, that a session is in use, and from where.

    A session of a doctor or of staff that was not in use for STAFF_IDLE_MINUTES ends instead.
    """

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        key = request.session.session_key
        if key and request.user.is_authenticated and is_to_be_noted(key):
            if was_left_idle(key, at=timezone.now()):
                logout(request)
            else:
                UserSession.objects.create_from_request(request)
        return self.get_response(request)


def is_to_be_noted(key: str) -> bool:
    """Whether it is a while since this process has noted that the session is in use."""
    return caches["process"].add(f"seen-{key}", 1, SEEN_SECONDS)


def was_left_idle(key: str, *, at: datetime) -> bool:
    """Whether the session belongs to a doctor or to staff, who must sign in again because it was not used for long."""
    limit = at - timedelta(minutes=settings.STAFF_IDLE_MINUTES)
    left = UserSession.objects.filter(session_key=key, last_seen_at__lt=limit).select_related("user__doctor").first()
    return left is not None and left.user.works_with_records


class SessionTokens(SessionTokenStrategy):
    """A program's token is the key of its session, as allauth has it; found in one query instead of two.

    Noted as in use, and ended if it was left idle, as a browser's.
    """

    def lookup_session(self, session_token: str) -> SessionStore | None:
        session, at = SessionStore(session_token), timezone.now()
        session.get(SESSION_KEY)  # reads it; the key is gone then if there is no such session
        key = session.session_key
        if key and is_to_be_noted(key):
            if was_left_idle(key, at=at):
                session.flush()
            else:
                UserSession.objects.filter(session_key=key).update(last_seen_at=at)
        return session if session.session_key else None


def sessions_of(user: User) -> list[UserSession]:
    """The user's sessions in which they are still signed in, the one used last first; in two queries."""
    rows = UserSession.objects.filter(user=user).order_by("-last_seen_at")
    stored = Session.objects.filter(session_key__in=rows.values("session_key"), expire_date__gt=timezone.now())
    alive = {session.session_key for session in stored if is_signed_in(session, user)}
    return [row for row in rows if row.session_key in alive]


def is_signed_in(session: Session, user: User) -> bool:
    """Whether `session` is from after the last change of the user's password, which ends all others."""
    return session.get_decoded().get(HASH_SESSION_KEY) == user.get_session_auth_hash()


def end_sessions_of(user: User) -> None:
    """Sign the user out in every browser and program."""
    get_adapter().end_sessions(UserSession.objects.filter(user=user))


def shut_out(user: User) -> None:
    """Close the open pages of a user who may not sign in any more, and sign them and their programs out everywhere."""
    close_sockets(group_of_user(user.pk), SUSPENDED)
    ApiToken.objects.filter(user=user).revoke(timezone.now())
    end_sessions_of(user)
