"""Where a person is signed in: a UserSession row for each session that is alive."""

from collections.abc import Callable

from allauth.headless.tokens.strategies.sessions import SessionTokenStrategy
from allauth.usersessions.adapter import get_adapter
from allauth.usersessions.models import UserSession
from django.conf import settings
from django.contrib.auth import HASH_SESSION_KEY, SESSION_KEY
from django.contrib.sessions.backends.db import SessionStore
from django.contrib.sessions.models import Session
from django.core.cache import caches
from django.http import HttpRequest, HttpResponse
from django.utils import timezone

from clinic.live import SUSPENDED, close_sockets, group_of_user
from clinic.people.models import ApiToken, User

SEEN_SECONDS = 60


class SeenMiddleware:
    """Notes at most once a minute, in each process, that a session is in use, and from where."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        key = request.session.session_key
        if key and request.user.is_authenticated and caches["process"].add(f"seen-{key}", 1, SEEN_SECONDS):
            UserSession.objects.create_from_request(request)
        return self.get_response(request)


class IdleMiddleware:
    """Signs out doctors and staff who have opened nothing in this browser for STAFF_IDLE_MINUTES."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        response = self.get_response(request)  # first: it may sign somebody in
        key, user = request.session.session_key, request.user
        is_due = key and user.is_authenticated and caches["process"].add(f"idle-{key}", 1, SEEN_SECONDS)
        if is_due and user.works_with_records:
            request.session.set_expiry(settings.STAFF_IDLE_MINUTES * 60)
        return response


class SessionTokens(SessionTokenStrategy):
    """A program's token is the key of its session, as allauth has it; found in one query instead of two."""

    def lookup_session(self, session_token: str) -> SessionStore | None:
        session = SessionStore(session_token)
        session.get(SESSION_KEY)  # reads it; the key is gone then if there is no such session
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
