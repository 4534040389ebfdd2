"""Join tokens: signed leave to come to one visit as one person, for programs that have no session."""

from typing import Any

from clinic.people.models import User
from clinic.signing import BadToken, sign, verify

from .models import Visit

PURPOSE = "join"


def join_token(visit: Visit, user: Any, role: str) -> str:
    """The token with which `user` comes to `visit` as `role`, until the visit expires."""
    payload = {"sub": str(user.pk), "visit": visit.uid, "role": role}
    return sign(payload, purpose=PURPOSE, expires_at=visit.expires_at)


def user_of_token(token: str, code: str) -> User | None:
    """Whom `token` lets come to the visit with `code`; None if it is not good for that."""
    try:
        claims = verify(token, purpose=PURPOSE)
    except BadToken:
        return None
    if not Visit.objects.coded(code).filter(uid=claims["visit"]).exists():
        return None
    return User.objects.filter(pk=claims["sub"], is_active=True).first()
