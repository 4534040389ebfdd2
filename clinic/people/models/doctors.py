"""Doctor: a profile that patients find and book, once staff have approved it."""

from collections.abc import Iterable
from datetime import datetime
from zoneinfo import ZoneInfo

from django.contrib.postgres.aggregates import ArrayAgg
from django.contrib.postgres.fields import ArrayField
from django.core.validators import MaxValueValidator, MinValueValidator
from django.db import models
from django.db.models import Q, Value
from django.utils.functional import cached_property
from django.utils.text import slugify
from django.utils.translation import gettext_lazy as _

from clinic.codes import random_code
from clinic.live import SUSPENDED, close_sockets, group_of_user
from clinic.people.languages import language_name
from clinic.people.signals import booking_settings_changed, doctor_approved
from clinic.time import validate_zone

from .clinics import Clinic, Specialty
from .users import User

REFERRED = (
    *("slug", "title", "zone", "approved_at", "suspended_at"),
    *("user__given_name", "user__family_name", "user__is_active", "clinic__zone"),
)


class DoctorQuerySet(models.QuerySet["Doctor"]):
    def practising(self) -> "DoctorQuerySet":
        """Approved and not suspended: those whom the public sees."""
        return self.filter(approved_at__isnull=False, suspended_at__isnull=True, user__is_active=True)

    def awaiting_approval(self) -> "DoctorQuerySet":
        return self.in_state(Doctor.State.WAITING)

    def in_state(self, state: str) -> "DoctorQuerySet":
        """Those whose Doctor.State is `state`."""
        if state == Doctor.State.SUSPENDED:
            return self.filter(suspended_at__isnull=False)
        return self.filter(suspended_at__isnull=True, approved_at__isnull=state == Doctor.State.WAITING)

    def listed(self) -> "DoctorQuerySet":
        """With all that a doctor's card shows, in three queries."""
        return self.select_related("user", "clinic").prefetch_related("specialties")

    def referred(self) -> "DoctorQuerySet":
        """With what a line about something else says of its doctor, and no more, in one query."""
        is_one = Q(specialties__isnull=False)
        names = ArrayAgg("specialties__name", filter=is_one, order_by="specialties__name", default=Value([]))
        return self.select_related("user", "clinic").only(*REFERRED).annotate(specialty_names=names)

    def unused_slug(self, name: str) -> str:
        """A doctor's name in addresses that no other doctor has: "amara-osei", else "amara-osei-7k3m"."""
        slug = slugify(name)[:59] or "doctor"  # with five letters more it is an id of FHIR, which has 64 at the most
        return slug if not self.filter(slug=slug).exists() else f"{slug}-{random_code(4).lower()}"


class Doctor(models.Model):
    """Holds visits. Without a zone of their own a doctor cannot publish hours: there is no default."""

    SLOTS_FOLLOW = frozenset({"zone", "slot_minutes", "buffer_before_minutes", "buffer_after_minutes"})

    class Mode(models.TextChoices):
        INSTANT = "instant", _("Confirmed at once")
        REQUEST = "request", _("On request: the doctor accepts")

    class State(models.TextChoices):
        WAITING = "waiting", _("Waits for approval")
        PRACTISING = "practising", _("Practises")
        SUSPENDED = "suspended", _("Suspended")

    user = models.OneToOneField(User, models.PROTECT, verbose_name=_("user"), related_name="doctor")
    clinic = models.ForeignKey(Clinic, models.PROTECT, verbose_name=_("clinic"), related_name="doctors")
    slug = models.SlugField(_("name in addresses"), unique=True, max_length=120)
    title = models.CharField(_("title"), max_length=20, blank=True, default="Dr")
    specialties = models.ManyToManyField(Specialty, verbose_name=_("specialties"), related_name="doctors")
    about = models.CharField(_("about"), max_length=300, blank=True, help_text=_("One line for patients."))
    languages = ArrayField(models.CharField(max_length=10), verbose_name=_("languages"), default=list, blank=True)
    zone = models.CharField(_("time zone"), max_length=64, blank=True, validators=[validate_zone])

    register = models.CharField(_("register"), max_length=120, help_text=_("The medical register that lists you."))
    number = models.CharField(_("registration number"), max_length=40)
    region = models.CharField(_("region"), max_length=80, help_text=_("Where you may practise."))
    approved_at = models.DateTimeField(_("approved"), null=True, blank=True)
    approved_by = models.ForeignKey(
        User, models.PROTECT, verbose_name=_("approved by"), null=True, blank=True, related_name="+"
    )
    suspended_at = models.DateTimeField(_("suspended"), null=True, blank=True)

    booking_mode = models.CharField(_("bookings are"), max_length=10, choices=Mode, default=Mode.INSTANT)
    slot_minutes = models.PositiveSmallIntegerField(
        _("length of a visit, minutes"),
        null=True,
        blank=True,
        validators=[MinValueValidator(5), MaxValueValidator(240)],
        help_text=_("Empty: as the clinic has it."),
    )
    buffer_before_minutes = models.PositiveSmallIntegerField(
        _("free before a visit, minutes"),
        null=True,
        blank=True,
        validators=[MaxValueValidator(240)],
        help_text=_("Empty: as the clinic has it."),
    )
    buffer_after_minutes = models.PositiveSmallIntegerField(
        _("free after a visit, minutes"),
        null=True,
        blank=True,
        validators=[MaxValueValidator(240)],
        help_text=_("Empty: as the clinic has it."),
    )

    objects = DoctorQuerySet.as_manager()

    class Meta:
        ordering = ["user__family_name", "user__given_name", "pk"]
        verbose_name = _("doctor")
        verbose_name_plural = _("doctors")

    def __str__(self) -> str:
        return self.name

    @property
    def name(self) -> str:
        return f"{self.title} {self.user.full_name}".strip()

    @cached_property
    def specialty_names(self) -> list[str]:
        """One query, or none where they are prefetched or referred()."""
        return [specialty.name for specialty in self.specialties.all()]

    @property
    def language_names(self) -> list[str]:
        """The languages in the reader's words."""
        return [language_name(code) for code in self.languages]

    @property
    def state(self) -> str:
        if self.suspended_at is not None:
            return self.State.SUSPENDED
        return self.State.PRACTISING if self.approved_at is not None else self.State.WAITING

    @property
    def is_practising(self) -> bool:
        return self.state == self.State.PRACTISING

    @property
    def tzinfo(self) -> ZoneInfo:
        """The doctor's zone; ValueError when none is set, never a silent UTC."""
        return ZoneInfo(self.zone)

    @property
    def visit_minutes(self) -> int:
        """Length of a slot: the doctor's own, else the clinic's."""
        return self.slot_minutes or self.clinic.slot_minutes

    @property
    def free_minutes_before(self) -> int:
        """What is kept free before a visit: the doctor's own, else the clinic's."""
        own = self.buffer_before_minutes
        return self.clinic.buffer_before_minutes if own is None else own

    @property
    def free_minutes_after(self) -> int:
        """What is kept free after a visit: the doctor's own, else the clinic's."""
        own = self.buffer_after_minutes
        return self.clinic.buffer_after_minutes if own is None else own

    def approve(self, *, by: User, at: datetime) -> None:
        """Staff have checked register, number and region. Safe to run again: the first approval stands."""
        if self.approved_at is None:
            self.approved_at, self.approved_by = at, by
            self.save(update_fields=["approved_at", "approved_by"])
            doctor_approved.send(sender=Doctor, doctor=self, at=at)

    def tell_of_changes(self, fields: Iterable[str]) -> None:
        """Send booking_settings_changed if `fields`, which were just saved, hold what slots follow from."""
        if not self.SLOTS_FOLLOW.isdisjoint(fields):
            booking_settings_changed.send(sender=Doctor, doctor=self)

    def suspend(self, *, at: datetime) -> None:
        """No bookings and no access to records from now on; open pages are put out. Safe to run again."""
        if self.suspended_at is None:
            self.suspended_at = at
            self.save(update_fields=["suspended_at"])
            close_sockets(group_of_user(self.user_id), SUSPENDED)

    def reinstate(self) -> None:
        """End the suspension; an approval that was given still counts."""
        self.suspended_at = None
        self.save(update_fields=["suspended_at"])
