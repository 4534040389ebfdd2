"""The history of a visit."""

from django.conf import settings
from django.db import models
from django.utils.translation import gettext_lazy as _


class VisitEventQuerySet(models.QuerySet["VisitEvent"]):
    def unannounced(self) -> "VisitEventQuerySet":
        return self.filter(announced_at__isnull=True)


class VisitEvent(models.Model):
    """One step: what happened, to whom, by whom. Written with the change, in its transaction.

    A trigger keeps it from being edited or deleted. Only `announced_at` is set later, once notices were made of it; a
    beat task finds those that were left. Of the kinds UNTOLD nobody is told, and it is set from the start.
    """

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
        REOPENED = "reopened", _("Reopened")
        EXTENDED = "extended", _("Extended")
        BY_PHONE = "by_phone", _("Went on by phone")
        DEVICE_CHECK = "device_check", _("Device check")
        CONSENT = "consent", _("Consent given")
        IDENTITY = "identity", _("Identity confirmed")
        SOON = "soon", _("Told that it begins soon")
        CALLED = "called", _("Called in")
        INVITED = "invited", _("Invitation sent")
        INVITATION_USED = "invitation_used", _("Invitation used")
        INVITATION_REVOKED = "invitation_revoked", _("Invitation revoked")
        TOKEN_ISSUED = "token_issued", _("Join token issued")
        SUMMARY = "summary", _("Summary written")
        FAILED_OVER = "failed_over", _("The video service failed")

    UNTOLD = {Kind.CREATED, Kind.STARTED, Kind.DEVICE_CHECK, Kind.CONSENT, Kind.IDENTITY, Kind.TOKEN_ISSUED}

    visit = models.ForeignKey("televisit.Visit", models.PROTECT, verbose_name=_("visit"), related_name="events")
    kind = models.CharField(_("what"), max_length=20, choices=Kind)
    participant = models.ForeignKey(
        "televisit.Participant", models.PROTECT, verbose_name=_("to whom"), null=True, blank=True, related_name="events"
    )
    actor = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, verbose_name=_("by"), null=True, blank=True, related_name="+"
    )
    invitation = models.ForeignKey(
        "televisit.Invitation",
        models.PROTECT,
        verbose_name=_("invitation"),
        null=True,
        blank=True,
        related_name="events",
    )
    note = models.CharField(_("note"), max_length=300, blank=True)
    at = models.DateTimeField(_("at"))
    announced_at = models.DateTimeField(_("told"), null=True, blank=True)

    objects = VisitEventQuerySet.as_manager()

    class Meta:
        ordering = ["at", "pk"]
        verbose_name = _("event")
        verbose_name_plural = _("events")
        indexes = [
            models.Index(fields=["at"], condition=models.Q(announced_at__isnull=True), name="visit_event_unannounced")
        ]

    def __str__(self) -> str:
        return f"{self.visit_id}: {self.get_kind_display()}"
