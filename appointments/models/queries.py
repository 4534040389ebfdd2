"""Which appointments a page or task needs, in clinic words."""

from datetime import datetime
from typing import Any

from django.db.backends.postgresql.psycopg_any import DateTimeTZRange
from django.db.models import F, Prefetch, Q
from django.utils import timezone

from appointments.errors import SlotOverlaps
from clinic.people.models import Doctor, Patient, User
from clinic.people.permissions import in_own_clinics, works_at_desk

from .booking import BookingQuerySet
from .choices import ACTIVE, Status
from .emergencies import EmergencyQuerySet
from .offers import Offer


def is_ahead(at: datetime) -> Q:
    """Not over at the instant `at`; what has no time yet is ahead."""
    return Q(period__endswith__gt=at) | Q(period__isnull=True)


class AppointmentQuerySet(BookingQuerySet, EmergencyQuerySet):  # type: ignore[override]
    def visible_to(self, user: Any) -> "AppointmentQuerySet":
        """Those whose existence `user` may know of: own, of whom they act for, all of their clinics for staff.

        A practising doctor's too, and untaken emergencies while on call.
        """
        if not user.is_authenticated:
            return self.none()
        if works_at_desk(user):
            return in_own_clinics(self, user)
        mine = Q(patient__in=Patient.objects.represented_by(user))
        if not user.is_doctor:  # spares most people's lists a look at who is on call
            return self.filter(mine)
        treated = Q(doctor__in=Doctor.objects.practising().filter(user=user))
        return self.filter(mine | treated | self.for_whoever_is_on_call(user, timezone.now()))

    def of_patients_of(self, user: User) -> "AppointmentQuerySet":
        """Those on the patient's side of `user`: their own and of whom they act for."""
        return self.filter(patient__in=Patient.objects.represented_by(user))

    def active(self) -> "AppointmentQuerySet":
        """Those that occupy time: requested, confirmed, in progress."""
        return self.filter(status__in=ACTIVE)

    def requested(self) -> "AppointmentQuerySet":
        """Waiting for the doctor's answer: emergencies first, then the oldest."""
        return self.filter(status=Status.REQUESTED).order_by("-is_emergency", "created_at")

    def waiting_for(self, doctor: Doctor, at: datetime) -> "AppointmentQuerySet":
        """What waits for the doctor's answer: emergencies first, untaken ones too while on call, then the oldest.

        Requests, and moves that patients ask for; not what waits for the patient's answer to an offer.
        """
        theirs = Q(status=Status.REQUESTED) & ~Q(offers__status=Offer.Status.OPEN)
        asked = Q(offers__status=Offer.Status.OPEN, offers__waits_for=Offer.Side.DOCTOR)
        mine = Q(doctor=doctor) & (theirs | asked)
        waiting = self.filter(mine | self.for_whoever_is_on_call(doctor.user_id, at)).distinct()
        return waiting.order_by("-is_emergency", "created_at")

    def offered_to_patients(self) -> "AppointmentQuerySet":
        """Those for which a patient has yet to answer an offer."""
        return self.filter(offers__status=Offer.Status.OPEN, offers__waits_for=Offer.Side.PATIENT)

    def unsettled(self, at: datetime) -> "AppointmentQuerySet":
        """Confirmed and over at the instant `at`, the oldest first: nobody has said what became of them."""
        return self.filter(status=Status.CONFIRMED, period__endswith__lte=at).order_by("starts_at")

    def with_overdue_offers(self, at: datetime) -> "AppointmentQuerySet":
        """Those with an offer that nobody answered in time."""
        return self.filter(offers__status=Offer.Status.OPEN, offers__expires_at__lte=at)

    def late_today(self, at: datetime, *, until: datetime) -> "AppointmentQuerySet":
        """Confirmed, not over at the instant `at`, and to start before `until`: who waits when the doctor is late."""
        return self.filter(status=Status.CONFIRMED, period__endswith__gt=at, starts_at__lt=until)

    def overdue_requests(self, at: datetime) -> "AppointmentQuerySet":
        """Requests whose time to be answered is over."""
        return self.filter(status=Status.REQUESTED, respond_by__lte=at)

    def upcoming(self, at: datetime) -> "AppointmentQuerySet":
        """Active and not over yet, soonest first; an emergency that waits has no time and leads."""
        return self.active().filter(is_ahead(at)).order_by(F("starts_at").asc(nulls_first=True))

    def past(self, at: datetime) -> "AppointmentQuerySet":
        """Over or no longer active, latest first."""
        return self.exclude(is_ahead(at), status__in=ACTIVE).order_by("-starts_at", "-pk")

    def without_outcome(self) -> "AppointmentQuerySet":
        """Held, and nobody has said yet what came of it."""
        return self.filter(status=Status.COMPLETED, outcome__isnull=True)

    def starting_in(self, start: datetime, end: datetime) -> "AppointmentQuerySet":
        """Those that start in the half-open interval ``[start, end)``, soonest first."""
        return self.filter(starts_at__gte=start, starts_at__lt=end).order_by("starts_at")

    def with_parties(self) -> "AppointmentQuerySet":
        return self.select_related("doctor__user", "doctor__clinic", "patient__user", "clinic")

    def with_names(self) -> "AppointmentQuerySet":
        """With what long lists show of both sides; a doctor is read once, in however many of them."""
        return self.select_related("patient").prefetch_related(Prefetch("doctor", Doctor.objects.referred()))

    def with_visits(self) -> "AppointmentQuerySet":
        """With the visit of each, that pages can link its door."""
        return self.select_related("visit")

    def refuse_overlap(self, period: DateTimeTZRange) -> None:
        """Raise SlotOverlaps if one of these is active in `period`; asked of a doctor's appointments."""
        if self.active().filter(period__overlap=period).exists():
            raise SlotOverlaps
