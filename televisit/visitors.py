"""Who comes to a visit: somebody signed in, or a guest whose seat the session keeps."""

from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from django.contrib.auth.models import AnonymousUser
from django.db.models import Q

from clinic.people.models import User

from .errors import NoSeat
from .models import Consent, Participant, Visit

SEATS = "seats"  # in the session: of each visit's uid the seat's uid


@dataclass(frozen=True)
class Visitor:
    """One browser or program. Its seats are only claims: each is looked up again whenever it counts."""

    user: Any = field(default_factory=AnonymousUser)
    seats: dict[str, str] = field(default_factory=dict)

    @classmethod
    def of(cls, user: Any, session: Any) -> "Visitor":
        return cls(user, dict(session.get(SEATS, {})))

    @property
    def account(self) -> User | None:
        """The user of who is signed in."""
        return self.user if self.user.is_authenticated else None

    def find_visit(self, code: str) -> Visit | None:
        """The visit with this code, for those who may come to it or have a guest's seat in it."""
        visits = Visit.objects.with_parties().coded(code)
        return visits.with_seat_for(self.user).first() or visits.filter(self._has_guest_seat()).first()

    def may_come_to(self, visit: Visit) -> bool:
        """Whether `visit` still is one of theirs."""
        visits = Visit.objects.filter(pk=visit.pk)
        return visits.with_seat_for(self.user).exists() or visits.filter(self._has_guest_seat()).exists()

    def is_guest_of(self, visit: Visit, at: datetime) -> bool:
        """Whether they sit by link or code: who belongs to the visit does not need that."""
        return self.account is None or visit.role_of(self.account, at) is None

    def seat_in(self, visit: Visit, at: datetime) -> Participant | None:
        """The seat that they have taken, if any."""
        if self.account is not None and not self.is_guest_of(visit, at):
            return visit.seat_of(self.account)
        seat = visit.participants.filter(user=None, uid=self.seats.get(visit.uid, "")).first()
        if seat is not None:
            seat.visit = visit
        return seat

    def seat_in_room(self, visit: Visit, *, at: datetime) -> Participant:
        """The seat with which they come into the room. Raises NoSeat, WasRemoved, or what the hour refuses."""
        if self.account is not None and not self.is_guest_of(visit, at):
            return visit.seat_in_room(self.account, at=at)
        visit.refuse_unless_open(at)
        seat = self.seat_in(visit, at)
        if seat is None:
            raise NoSeat
        seat.refuse_removed()
        return seat

    def seat_past_door(self, visit: Visit, *, at: datetime) -> Participant:
        """As seat_in_room; who left out the door's question for consent is sent back to it: ConsentMissing."""
        seat = self.seat_in_room(visit, at=at)
        Consent.objects.settle(seat, agrees=False, at=at)
        return seat

    def _has_guest_seat(self) -> Q:
        return Q(participants__in=Participant.objects.filter(user=None, uid__in=self.seats.values()))


def keep_seat(session: Any, seat: Participant) -> None:
    """From now on this browser has the guest's seat."""
    session[SEATS] = {**session.get(SEATS, {}), seat.visit.uid: seat.uid}
