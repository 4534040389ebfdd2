"""Clinics (sites of the one organisation) with their policies, and specialties."""

from datetime import timedelta

from django.contrib.postgres.fields import ArrayField
from django.core.validators import MaxValueValidator, MinValueValidator
from django.db import models
from django.utils.translation import gettext_lazy as _

from clinic.people.countries import country_choices, country_name
from clinic.time import validate_zone


def default_reminders() -> list[int]:
    """A day and a quarter of an hour before the visit."""
    return [24 * 60, 15]


class Specialty(models.Model):
    """A field of medicine that patients search by."""

    name = models.CharField(_("name"), max_length=80, unique=True)
    slug = models.SlugField(_("name in addresses"), unique=True)

    class Meta:
        ordering = ["name"]
        verbose_name = _("specialty")
        verbose_name_plural = _("specialties")

    def __str__(self) -> str:
        return self.name


class Clinic(models.Model):
    """A site with its own zone, phone numbers and policies. Durations are in the unit of the field's name."""

    class Paper(models.TextChoices):
        A4 = "a4", _("A4")
        LETTER = "letter", _("Letter")

    name = models.CharField(_("name"), max_length=120)
    slug = models.SlugField(_("name in addresses"), unique=True)
    zone = models.CharField(_("time zone"), max_length=64, validators=[validate_zone])
    region = models.CharField(_("region"), max_length=80, blank=True, help_text=_("Where its doctors may practise."))
    phone = models.CharField(_("phone"), max_length=32)
    email = models.EmailField(_("e-mail"))
    address = models.TextField(_("address"), max_length=400)
    country = models.CharField(
        _("country"), max_length=2, choices=country_choices, help_text=_("Pharmacies abroad read it on prescriptions.")
    )
    emergency_phone = models.CharField(_("emergency number"), max_length=32, default="112")
    out_of_hours_phone = models.CharField(_("out-of-hours number"), max_length=32, blank=True)

    slot_minutes = models.PositiveSmallIntegerField(
        _("length of a visit, minutes"), default=20, validators=[MinValueValidator(5), MaxValueValidator(240)]
    )
    buffer_before_minutes = models.PositiveSmallIntegerField(
        _("free before a visit, minutes"), default=0, validators=[MaxValueValidator(240)]
    )
    buffer_after_minutes = models.PositiveSmallIntegerField(
        _("free after a visit, minutes"), default=0, validators=[MaxValueValidator(240)]
    )
    horizon_days = models.PositiveSmallIntegerField(
        _("days that can be booked ahead"), default=60, validators=[MinValueValidator(1), MaxValueValidator(365)]
    )
    minimum_notice_minutes = models.PositiveSmallIntegerField(_("minimum notice, minutes"), default=10)
    hold_minutes = models.PositiveSmallIntegerField(
        _("a chosen time is held, minutes"), default=10, validators=[MinValueValidator(1), MaxValueValidator(60)]
    )
    request_hours = models.PositiveSmallIntegerField(
        _("a request waits for its answer, hours"), default=24, validators=[MinValueValidator(1)]
    )
    cancellation_notice_hours = models.PositiveSmallIntegerField(_("notice for changes, hours"), default=24)
    free_change_minutes = models.PositiveSmallIntegerField(
        _("free changes after booking, minutes"), default=15, help_text=_("The notice for changes does not bind yet.")
    )
    late_cancelling = models.BooleanField(
        _("patients may cancel late"), default=True, help_text=_("If not, the page shows the phone number instead.")
    )
    moves_limit = models.PositiveSmallIntegerField(_("a patient may move an appointment, times"), default=2)
    offer_hours = models.PositiveSmallIntegerField(
        _("an offered time waits for its answer, hours"), default=24, validators=[MinValueValidator(1)]
    )
    open_appointments_limit = models.PositiveSmallIntegerField(
        _("open appointments of a patient"), default=5, validators=[MinValueValidator(1)]
    )
    join_minutes_before = models.PositiveSmallIntegerField(_("door opens before the visit, minutes"), default=15)
    grace_minutes = models.PositiveSmallIntegerField(_("room stays open after the end, minutes"), default=15)
    extension_minutes = models.PositiveSmallIntegerField(
        _("a doctor may extend a visit by at most, minutes"), default=30
    )
    chat_days = models.PositiveSmallIntegerField(_("messages can be written after the visit, days"), default=7)
    controlled_medicines = models.BooleanField(
        _("controlled medicines may be prescribed"), default=False, help_text=_("Where the law allows it by video.")
    )
    paper = models.CharField(_("paper of prescriptions"), max_length=6, choices=Paper, default=Paper.A4)
    reminder_minutes = ArrayField(
        models.PositiveIntegerField(), verbose_name=_("reminders before the visit, minutes"), default=default_reminders
    )

    class Meta:
        ordering = ["name"]
        verbose_name = _("clinic")
        verbose_name_plural = _("clinics")

    def __str__(self) -> str:
        return self.name

    @property
    def country_name(self) -> str:
        """The country in the reader's words; empty for a clinic that was set up before it was asked for."""
        return country_name(self.country) if self.country else ""

    @property
    def full_address(self) -> str:
        """The address with the country as its last line."""
        return "\n".join(filter(None, [self.address, self.country_name]))

    @property
    def hold_time(self) -> timedelta:
        return timedelta(minutes=self.hold_minutes)

    @property
    def minimum_notice(self) -> timedelta:
        return timedelta(minutes=self.minimum_notice_minutes)

    @property
    def horizon(self) -> timedelta:
        """To the end of the last day that can be booked, and a little further."""
        return timedelta(days=self.horizon_days + 1)

    @property
    def request_time(self) -> timedelta:
        return timedelta(hours=self.request_hours)

    @property
    def offer_time(self) -> timedelta:
        return timedelta(hours=self.offer_hours)

    @property
    def change_notice(self) -> timedelta:
        return timedelta(hours=self.cancellation_notice_hours)

    @property
    def free_change_time(self) -> timedelta:
        return timedelta(minutes=self.free_change_minutes)
