"""Join tokens: signed leave to come to one visit as one person, for programs that have no session."""

from typing import Any

from clinic.people.models import User
from clinic.signing import BadToken, sign, verify

from .models import Participant, Visit
from .visitors import Visitor

PURPOSE = "join"


def join_token(visit: Visit, user: Any, role: str) -> str:
    """The token with which `user` comes to `visit` as `role`, until the visit expires."""
    payload = {"sub": str(user.pk), "visit": visit.uid, "role": role}
    return sign(payload, purpose=PURPOSE, expires_at=visit.expires_at)


def seat_token(seat: Participant) -> str:
    """The token with which the holder of `seat` comes, also a guest, whom no account names."""
    if seat.user is not None:
        return join_token(seat.visit, seat.user, seat.role)
    payload = {"seat": seat.uid, "visit": seat.visit.uid, "role": seat.role}
    return sign(payload, purpose=PURPOSE, expires_at=seat.visit.expires_at)


def visitor_of_token(token: str, code: str) -> Visitor | None:
    """Whom `token` lets come to the visit with `code`; None if it is not good for that."""
    try:
        claims = verify(token, purpose=PURPOSE)
    except BadToken:
        return None
    if not Visit.objects.coded(code).filter(uid=claims["visit"]).exists():
        return None
    if "seat" in claims:
        return Visitor(seats={claims["visit"]: claims["seat"]})
    user = User.objects.filter(pk=claims["sub"], is_active=True).first()
    return Visitor(user) if user else None
