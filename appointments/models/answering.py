"""How a request is answered: accepted, declined, or met with another time; and what happens if nobody answers."""

from datetime import datetime

from django.utils import timezone

from appointments.errors import (
    NotThisDoctorsTime,
    OfferIsGone,
    OverlapsOwnAppointment,
    RequestTimeIsOver,
    SlotTooSoon,
    TransitionRefused,
)
from appointments.locks import calendar_change
from clinic.people.models import User

from .choices import MOVABLE, Status
from .events import AppointmentEvent
from .offers import Offer
from .row import AppointmentRow
from .slots import Slot

Kind = AppointmentEvent.Kind


class Answering(AppointmentRow):
    """The doctor's answers to a request, and the answers to an offer. The first of two tabs wins."""

    class Meta:
        abstract = True

    @calendar_change
    def accept(self, *, by: User, seen: int | None = None) -> None:
        """REQUESTED -> CONFIRMED by the doctor or staff; an offer that waited is of no use any more.

        Raises RequestTimeIsOver once the time that was asked for has begun.
        """
        self.lock(seen=seen)
        if self.status == Status.REQUESTED and self.has_begun(timezone.now()):
            raise RequestTimeIsOver
        self._step(Kind.CONFIRMED, Status.CONFIRMED, by=by, only_from=Status.REQUESTED)

    @calendar_change
    def decline(self, *, by: User, reason: str, note: str = "", seen: int | None = None) -> None:
        """REQUESTED -> DECLINED; the slot is free at once. `note` is for the patient."""
        self.lock(seen=seen)
        self.end_reason, self.end_note = reason, note
        self._step(Kind.DECLINED, Status.DECLINED, by=by, saving=("end_reason", "end_note"))

    @calendar_change
    def expire(self, *, at: datetime) -> bool:
        """REQUESTED -> EXPIRED when nobody answered by `respond_by`. Gives whether this run did it.

        Safe to run again, and harmless against a doctor who accepts at this moment.
        """
        self.lock()
        if self.status != Status.REQUESTED or self.respond_by is None or self.respond_by > at:
            return False
        self._step(Kind.EXPIRED, Status.EXPIRED, by=None)
        return True

    @calendar_change
    def offer(self, slot: Slot, *, by: User, at: datetime, seen: int | None = None) -> None:
        """The doctor proposes `slot` instead; it is kept until the patient answers or the offer expires.

        An older offer ends. Raises SlotTaken, SlotTooSoon, NotThisDoctorsTime, OverlapsOwnAppointment, or
        TransitionRefused for what can be moved no more.
        """
        self.lock(seen=seen)
        self._propose(slot, waits_for=Offer.Side.PATIENT, by=by, at=at)

    @calendar_change
    def take_offer(self, *, by: User, at: datetime, seen: int | None = None) -> None:
        """The time that waits becomes the appointment's, and the appointment is confirmed.

        Raises OfferIsGone once it is answered or expired, and what booking raises.
        """
        self.lock(seen=seen)
        offer, before, period_before = self._offer_at(at), self.status, self.period
        is_request, is_wish = before == Status.REQUESTED, offer.waits_for == Offer.Side.DOCTOR
        self.status = Status.CONFIRMED
        self._go_to(offer.period, offer.slot, at=at, key=offer.hold_key, saving=("status",))
        self._drop_offer(Offer.Status.TAKEN)
        kind = Kind.CONFIRMED if is_request else Kind.MOVED
        self._tell(kind, before=before, by=by, period_before=period_before, counts=is_wish and not is_request)

    @calendar_change
    def refuse_offer(self, *, by: User, at: datetime, seen: int | None = None) -> None:
        """The time that waits is not taken and free at once; everything stays as it was. Raises OfferIsGone."""
        self.lock(seen=seen)
        self._offer_at(at)
        self._close_offer(Offer.Status.REFUSED, Kind.OFFER_REFUSED, by=by)

    @calendar_change
    def expire_offer(self, *, at: datetime) -> bool:
        """End the offer that nobody answered in time. Gives whether this run did it; safe to run again."""
        self.lock()
        if self.open_offer is None or not self.open_offer.is_over(at):
            return False
        self._close_offer(Offer.Status.EXPIRED, Kind.OFFER_EXPIRED, by=None)
        return True

    def _propose(self, slot: Slot, *, waits_for: str, by: User, at: datetime) -> None:
        """Make the offer and keep its slot, for who holds the locks. A request waits as long as its offer does."""
        self._refuse_time(slot, at=at)
        self._drop_offer()
        expires_at = min(at + self.clinic.offer_time, slot.starts_at)
        offer = self.offers.create(slot=slot, period=slot.period, waits_for=waits_for, expires_at=expires_at)
        offer.hold(at=at)
        self.__dict__.pop("open_offer", None)
        if self.status == Status.REQUESTED:
            self.respond_by = max(filter(None, [self.respond_by, expires_at]))
        self.version += 1
        self.save(update_fields=["respond_by", "version", "updated_at"])
        self._note(Kind.OFFERED, by=by)

    def _refuse_time(self, slot: Slot, *, at: datetime) -> None:
        if self.status not in MOVABLE or self.period is None:
            raise TransitionRefused
        if slot.doctor_id != self.doctor_id:
            raise NotThisDoctorsTime
        if slot.starts_at <= at:
            raise SlotTooSoon
        others = type(self).objects.filter(patient=self.patient, status__in=self.ACTIVE).exclude(pk=self.pk)
        if others.filter(period__overlap=slot.period).exists():
            raise OverlapsOwnAppointment

    def _offer_at(self, at: datetime) -> Offer:
        if self.open_offer is None or self.open_offer.is_over(at):
            raise OfferIsGone
        return self.open_offer

    def _close_offer(self, status: str, kind: str, *, by: User | None) -> None:
        self._drop_offer(status)
        self.version += 1
        self.save(update_fields=["version", "updated_at"])
        self._note(kind, by=by)
