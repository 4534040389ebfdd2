"""Part: what somebody has in a chat. Its two sides have all of it; a guest of the visit what came since they came."""

from dataclasses import dataclass
from datetime import datetime
from typing import Any

from appointments.models import Appointment
from clinic.people.models import User
from televisit.models import Participant, Visit
from televisit.visitors import Visitor

from .models import Message, MessageQuerySet, conversations_of


@dataclass(frozen=True)
class Part:
    """In the chat of `appointment`, either of a `user` or of the guest who has `seat`."""

    appointment: Appointment
    user: User | None = None
    seat: Participant | None = None

    @property
    def is_guest(self) -> bool:
        """Guests write words only: files belong to the record, which they never see."""
        return self.seat is not None

    @property
    def messages(self) -> MessageQuerySet:
        """Those that they may read: a guest, from their admission on."""
        everything = self.appointment.messages.with_authors()
        return everything.filter(created_at__gte=self.seat.admitted_at) if self.seat else everything

    @property
    def author(self) -> dict[str, Any]:
        """As whom they post, for Message.objects.post."""
        return {"by": self.user, "seat": self.seat}

    def wrote(self, message: Message) -> bool:
        return (message.author, message.seat) == (self.user, self.seat)


def find_part(visitor: Visitor, reference: str, at: datetime) -> Part | None:
    """Which part `visitor` has in the chat of this appointment at the instant `at`; None without any."""
    parties = ("doctor__user", "patient", "clinic")
    own = conversations_of(visitor.user).select_related(*parties).filter(reference=reference).first()
    if own is not None:
        return Part(own, user=visitor.account)
    seat = admitted_seat(visitor, reference)
    if seat is None or seat.visit.phase(at) != Visit.Phase.OPEN:
        return None
    return Part(Appointment.objects.select_related(*parties).get(pk=seat.visit.appointment_id), seat=seat)


def admitted_seat(visitor: Visitor, reference: str) -> Participant | None:
    """The guest's seat of `visitor` in this appointment's visit, once the doctor has let them in."""
    admitted = Participant.objects.filter(user=None, admitted_at__isnull=False, removed_at__isnull=True)
    seats = admitted.filter(uid__in=visitor.seats.values(), visit__appointment__reference=reference)
    return seats.select_related("visit").first()
