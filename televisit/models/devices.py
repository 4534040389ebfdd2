"""DeviceCheck: what somebody's browser found out about its camera, microphone, speaker and network."""

from datetime import datetime
from typing import TYPE_CHECKING, Any

from django.conf import settings
from django.core.validators import MaxValueValidator
from django.db import models, transaction
from django.utils.translation import gettext_lazy as _

from .events import VisitEvent

if TYPE_CHECKING:
    from .participants import Participant
    from .visit import Visit


class DeviceCheckQuerySet(models.QuerySet["DeviceCheck"]):
    @transaction.atomic
    def keep(
        self, visit: "Visit", *, by: Any, seat: "Participant | None", at: datetime, **results: Any
    ) -> "DeviceCheck":
        """Store one more check; the newest counts."""
        check = self.create(visit=visit, user=by, seat=seat, at=at, **results)
        visit.record(VisitEvent.Kind.DEVICE_CHECK, participant=seat, by=by, at=at, note=check.verdict)
        return check

    def newest_of(self, seat: "Participant") -> "DeviceCheck | None":
        """What the holder of `seat` checked last for this visit, perhaps days before the seat was taken."""
        own = models.Q(seat=seat)
        if seat.user_id is not None:
            own |= models.Q(user=seat.user_id)
        return self.filter(own, visit=seat.visit_id).order_by("-at").first()

    def newest_of_each(self, seats: "list[Participant]") -> "dict[int, DeviceCheck]":
        """The same for several seats of one visit, by the seat's key; one query."""
        checks = list(self.filter(visit__in={seat.visit_id for seat in seats}).order_by("at"))
        return {seat.pk: check for seat in seats for check in checks if check.is_of(seat)}


class DeviceCheck(models.Model):
    """One check. Nothing in it keeps anybody out."""

    class Result(models.TextChoices):
        WORKS = "works", _("works")
        FAILED = "failed", _("does not work")
        UNKNOWN = "unknown", _("not checked")

    PARTS = ("camera", "microphone", "speaker", "network")

    visit = models.ForeignKey("televisit.Visit", models.CASCADE, verbose_name=_("visit"), related_name="device_checks")
    user = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, verbose_name=_("by"), null=True, blank=True, related_name="+"
    )
    seat = models.ForeignKey(
        "televisit.Participant",
        models.CASCADE,
        verbose_name=_("seat"),
        null=True,
        blank=True,
        related_name="device_checks",
    )
    camera = models.CharField(_("camera"), max_length=10, choices=Result, default=Result.UNKNOWN)
    microphone = models.CharField(_("microphone"), max_length=10, choices=Result, default=Result.UNKNOWN)
    speaker = models.CharField(_("speaker"), max_length=10, choices=Result, default=Result.UNKNOWN)
    network = models.CharField(_("network"), max_length=10, choices=Result, default=Result.UNKNOWN)
    round_trip_ms = models.PositiveIntegerField(
        _("round trip, ms"), null=True, blank=True, validators=[MaxValueValidator(60_000)]
    )
    loss_percent = models.PositiveSmallIntegerField(
        _("loss, percent"), null=True, blank=True, validators=[MaxValueValidator(100)]
    )
    relay_reached = models.BooleanField(_("relay reached"), null=True, blank=True)
    at = models.DateTimeField(_("at"))

    objects = DeviceCheckQuerySet.as_manager()

    class Meta:
        ordering = ["at"]
        verbose_name = _("device check")
        verbose_name_plural = _("device checks")

    def __str__(self) -> str:
        return f"{self.visit_id}: {self.verdict}"

    def is_of(self, seat: "Participant") -> bool:
        return self.seat_id == seat.pk or (seat.user_id is not None and self.user_id == seat.user_id)

    @property
    def failed(self) -> list[str]:
        """The names of the parts that do not work, in the reader's words."""
        return [
            str(self._meta.get_field(part).verbose_name)
            for part in self.PARTS
            if getattr(self, part) == self.Result.FAILED
        ]

    @property
    def verdict(self) -> str:
        """For the history: which parts failed, or that none did."""
        failed = [part for part in self.PARTS if getattr(self, part) == self.Result.FAILED]
        return "failed: " + ", ".join(failed) if failed else "works"
