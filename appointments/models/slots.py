"""Slot: one bookable period of a doctor, a row, so that a search over all doctors is one indexed query."""

from datetime import datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

from django.contrib.postgres.constraints import ExclusionConstraint
from django.contrib.postgres.fields import DateTimeRangeField, RangeOperators
from django.db import models
from django.db.backends.postgresql.psycopg_any import DateTimeTZRange
from django.db.models import Exists, ExpressionWrapper, F, Func, OuterRef, Prefetch, Q, Subquery, Value
from django.db.models.functions import ExtractHour
from django.utils.translation import gettext_lazy as _

from appointments.errors import (
    ClinicClosed,
    InTimeOff,
    SlotEndsBeforeItStarts,
    SlotInThePast,
    SlotIsBooked,
    SlotTaken,
    SlotTooFarAhead,
    SlotTooLong,
    ZoneMissing,
)
from appointments.locks import calendar_change, lock_calendars
from clinic.codes import uid
from clinic.people.models import Doctor
from clinic.people.permissions import in_own_clinics, works_at_desk
from clinic.time import PartOfDay

from .choices import ACTIVE
from .hours import Availability, Closure, TimeOff, has_two_ends, same

NOTICE = ExpressionWrapper(
    F("doctor__clinic__minimum_notice_minutes") * Value(timedelta(minutes=1)), output_field=models.DurationField()
)
HORIZON = ExpressionWrapper(
    (F("doctor__clinic__horizon_days") + 1) * Value(timedelta(days=1)), output_field=models.DurationField()
)
LONGEST = timedelta(hours=4)
FARTHEST = timedelta(days=366)


class SlotQuerySet(models.QuerySet["Slot"]):
    def of_practising_doctors(self) -> "SlotQuerySet":
        return self.filter(
            doctor__approved_at__isnull=False, doctor__suspended_at__isnull=True, doctor__user__is_active=True
        )

    def free(self, at: datetime, *, for_key: str = "") -> "SlotQuerySet":
        """Open, and not held by somebody other than the holder of `for_key` at the instant `at`."""
        unheld = Q(held_until__isnull=True) | Q(held_until__lte=at)
        if for_key:
            unheld |= Q(held_by=for_key)
        return self.filter(unheld, status=Slot.Status.OPEN)

    def bookable(self, at: datetime, *, for_key: str = "") -> "SlotQuerySet":
        """What the public may book at the instant `at`: free slots of practising doctors, soonest first.

        The clinic's minimum notice and horizon are kept.
        """
        ahead = self.free(at, for_key=for_key).of_practising_doctors().filter(starts_at__gte=at)
        in_reach = ahead.filter(starts_at__gte=NOTICE + Value(at), starts_at__lte=HORIZON + Value(at))
        return in_reach.order_by("starts_at", "pk")

    def starting_in(self, start: datetime, end: datetime) -> "SlotQuerySet":
        """Those that start in the half-open interval ``[start, end)``."""
        return self.filter(starts_at__gte=start, starts_at__lt=end)

    def in_part_of_day(self, part: PartOfDay, zone: ZoneInfo) -> "SlotQuerySet":
        """Those that start in this part of the day by the clock of `zone`."""
        by_hour = self.annotate(local_hour=ExtractHour("starts_at", tzinfo=zone))
        return by_hour.filter(local_hour__gte=part.hours.start, local_hour__lt=part.hours.stop)

    def first_start(self) -> Subquery:
        """When the soonest of these starts, as a part of another query."""
        return Subquery(self.order_by("starts_at", "pk").values("starts_at")[:1], output_field=models.DateTimeField())

    def nearest_to(self, instant: datetime, *, count: int) -> list["Slot"]:
        """The `count` slots that start closest to `instant`, in order of time."""
        before = self.filter(starts_at__lt=instant).order_by("-starts_at")[:count]
        after = self.filter(starts_at__gte=instant).order_by("starts_at")[:count]
        around: list[Slot] = [*before, *after]
        nearest = sorted(around, key=lambda slot: abs(slot.starts_at - instant))[:count]
        return sorted(nearest, key=lambda slot: slot.starts_at)

    def with_doctors(self) -> "SlotQuerySet":
        return self.select_related("doctor__user", "doctor__clinic").prefetch_related("doctor__specialties")

    def briefly(self) -> "SlotQuerySet":
        """With no more than a list of times shows; each doctor is read once, in however many of them."""
        doctors = Prefetch("doctor", Doctor.objects.referred())
        return self.only("uid", "period", "starts_at", "doctor").prefetch_related(doctors)

    def visible_to(self, user: Any) -> "SlotQuerySet":
        """A doctor's own slots; staff see all. The public sees what is bookable()."""
        if not user.is_authenticated:
            return self.none()
        if works_at_desk(user):
            return in_own_clinics(self, user, "doctor__clinic")
        return self.filter(doctor__user=user)

    @calendar_change
    def publish(self, doctor: Doctor, *, start: datetime, end: datetime, at: datetime) -> "Slot":
        """One single slot.

        Raises ZoneMissing, InTimeOff, ClinicClosed, SlotOverlaps, or what is wrong with `start` and `end` themselves.
        """
        refuse_unpublishable(doctor, start=start, end=end, at=at)
        lock_calendars(doctor)
        period = DateTimeTZRange(start, end)
        if doctor.times_off.filter(period__overlap=period).exists():
            raise InTimeOff
        if doctor.clinic.closures.filter(period__overlap=period).exists():
            raise ClinicClosed
        doctor.appointments.refuse_overlap(period)
        return self.create(doctor=doctor, period=period, is_single=True)

    def cover(self, doctor: Doctor, period: DateTimeTZRange) -> None:
        """OPEN -> COVERED for what the doctor offers in `period`; for who holds the doctor's calendar."""
        self.filter(doctor=doctor, status=Slot.Status.OPEN, period__overlap=period).update(status=Slot.Status.COVERED)

    def reopen(self, pk: int | None, *, doctor: Doctor | None, period: DateTimeTZRange | None) -> None:
        """BOOKED or COVERED -> OPEN, for who just left `period` and the slot `pk`, and holds the doctor's calendar.

        What still lies under another visit stays covered. A slot that the hours no longer offer goes for good.
        """
        if doctor is None or period is None:  # an emergency that nobody took
            return
        self.filter(pk=pk, status=Slot.Status.BOOKED).update(status=Slot.Status.COVERED, held_by="", held_until=None)
        covered = self.filter(doctor=doctor, status=Slot.Status.COVERED, period__overlap=period)
        visits = Doctor.objects.filter(
            pk=OuterRef("doctor"), appointments__status__in=ACTIVE, appointments__period__overlap=OuterRef("period")
        )
        covered.filter(~Exists(visits)).update(status=Slot.Status.OPEN)
        time_off = TimeOff.objects.filter(doctor=OuterRef("doctor"), period__overlap=OuterRef("period"))
        closure = Closure.objects.filter(clinic=OuterRef("doctor__clinic"), period__overlap=OuterRef("period"))
        no_rule = Q(is_single=False, availability__isnull=True) | Q(doctor__zone="")
        freed = self.filter(doctor=doctor, status=Slot.Status.OPEN, period__overlap=period)
        freed.filter(no_rule | Exists(time_off) | Exists(closure)).delete()


def refuse_unpublishable(doctor: Doctor, *, start: datetime, end: datetime, at: datetime) -> None:
    """Raise unless the doctor has a zone, and the time runs forward, is of usable length, and lies ahead of `at`."""
    if not doctor.zone:
        raise ZoneMissing
    if end <= start:
        raise SlotEndsBeforeItStarts
    if end - start > LONGEST:
        raise SlotTooLong
    if start <= at:
        raise SlotInThePast
    if start > at + FARTHEST:
        raise SlotTooFarAhead


class Slot(models.Model):
    """One period of one doctor that a patient can book.

    Made of weekly hours (`availability`), or published by itself (`is_single`). Covered while a visit that was not
    booked in it takes its time; withdrawn by the doctor, for good. A hold keeps it for who holds
    `held_by` (a random key in the session) until `held_until`.
    """

    class Status(models.TextChoices):
        OPEN = "open", _("Open")
        BOOKED = "booked", _("Booked")
        COVERED = "covered", _("Under another visit")
        WITHDRAWN = "withdrawn", _("Withdrawn")

    uid = models.CharField(max_length=16, unique=True, default=uid, editable=False)
    doctor = models.ForeignKey(Doctor, models.PROTECT, verbose_name=_("doctor"), related_name="slots")
    availability = models.ForeignKey(
        Availability, models.SET_NULL, verbose_name=_("from the rule"), null=True, blank=True, related_name="slots"
    )
    is_single = models.BooleanField(_("published by itself"), default=False, editable=False)
    period = DateTimeRangeField(_("period"))
    starts_at = models.GeneratedField(
        expression=Func(F("period"), function="lower"),
        output_field=models.DateTimeField(),
        db_persist=True,
        verbose_name=_("starts"),
    )
    status = models.CharField(_("status"), max_length=9, choices=Status, default=Status.OPEN)
    held_by = models.CharField(_("held by"), max_length=64, blank=True, editable=False)
    held_until = models.DateTimeField(_("held until"), null=True, blank=True, editable=False)

    objects = SlotQuerySet.as_manager()

    class Meta:
        ordering = ["starts_at", "pk"]
        verbose_name = _("slot")
        verbose_name_plural = _("slots")
        constraints = [
            ExclusionConstraint(
                name="slot_doctor_never_twice",
                expressions=[(same("doctor"), RangeOperators.OVERLAPS), ("period", RangeOperators.OVERLAPS)],
                condition=~Q(status="withdrawn"),
            ),
            has_two_ends("slot_has_a_start_and_an_end"),
        ]
        indexes = [
            models.Index(fields=["starts_at", "id"], condition=Q(status="open"), name="slot_open_soonest"),
            models.Index(fields=["doctor", "starts_at"], name="slot_of_doctor"),
            models.Index(fields=["held_by"], condition=~Q(held_by=""), name="slot_of_holder"),
        ]

    def __str__(self) -> str:
        return f"{self.doctor_id} {self.starts_at:%Y-%m-%d %H:%M}"

    @property
    def ends_at(self) -> datetime:
        return self.period.upper

    @property
    def minutes(self) -> int:
        return int((self.period.upper - self.period.lower).total_seconds() // 60)

    def is_held(self, at: datetime) -> bool:
        return self.held_until is not None and self.held_until > at

    def hold(self, key: str, *, at: datetime) -> datetime:
        """Keep the slot for the holder of `key`; gives until when. Holding again renews.

        A key holds one slot at a time: what it held before is free. Raises SlotTaken when the slot is booked,
        withdrawn, or held by somebody else.
        """
        until = at + self.doctor.clinic.hold_time
        mine = Slot.objects.filter(pk=self.pk)
        if not mine.bookable(at, for_key=key).exists():
            raise SlotTaken
        if not mine.free(at, for_key=key).update(held_by=key, held_until=until):  # judged again under the row's lock
            raise SlotTaken
        Slot.objects.filter(held_by=key).exclude(pk=self.pk).update(held_by="", held_until=None)
        self.held_by, self.held_until = key, until
        return until

    def release(self, key: str) -> None:
        """Nobody holds the slot any more, if it was the holder of `key`. Safe to run again."""
        Slot.objects.filter(pk=self.pk, held_by=key).update(held_by="", held_until=None)

    def take(self, *, key: str, at: datetime) -> None:
        """OPEN -> BOOKED, by compare-and-swap inside the booking's transaction. Raises SlotTaken."""
        free = Slot.objects.free(at, for_key=key).filter(pk=self.pk)
        if not free.update(status=self.Status.BOOKED, held_by="", held_until=None):
            raise SlotTaken
        self.status = self.Status.BOOKED

    def withdraw(self) -> None:
        """OPEN -> WITHDRAWN, for good: the weekly hours do not open it again.

        Raises SlotIsBooked; withdrawing again changes nothing.
        """
        if not Slot.objects.filter(pk=self.pk).exclude(status=self.Status.BOOKED).update(status=self.Status.WITHDRAWN):
            raise SlotIsBooked
        self.status = self.Status.WITHDRAWN
