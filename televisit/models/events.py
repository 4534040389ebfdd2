"""The history of a visit."""

from django.conf import settings
from django.db import models
from django.utils.translation import gettext_lazy as _


class VisitEvent(models.Model):
    """One step: what happened, to whom, by whom. Written with the change, in its transaction; never edited."""

    class Kind(models.TextChoices):
        CREATED = "created", _("Created")
        MOVED = "moved", _("Moved to another time")
        WAITING = "waiting", _("Came to the waiting room")
        ADMITTED = "admitted", _("Admitted")
        JOINED = "joined", _("Joined")
        LEFT = "left", _("Left")
        REMOVED = "removed", _("Removed")
        STARTED = "started", _("Began")
        ENDED = "ended", _("Ended")
        EXPIRED = "expired", _("Time ran out")
        CANCELLED = "cancelled", _("Cancelled")
        TOKEN_ISSUED = "token_issued", _("Join token issued")

    visit = models.ForeignKey("televisit.Visit", models.CASCADE, verbose_name=_("visit"), related_name="events")
    kind = models.CharField(_("what"), max_length=20, choices=Kind)
    participant = models.ForeignKey(
        "televisit.Participant", models.PROTECT, verbose_name=_("to whom"), null=True, blank=True, related_name="events"
    )
    actor = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, verbose_name=_("by"), null=True, blank=True, related_name="+"
    )
    at = models.DateTimeField(_("at"))

    class Meta:
        ordering = ["at", "pk"]
        verbose_name = _("event")
        verbose_name_plural = _("events")

    def __str__(self) -> str:
        return f"{self.visit_id}: {self.get_kind_display()}"
