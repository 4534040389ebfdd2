"""WebhookEvent: what a video service has told us, each thing once."""

from collections.abc import Iterable
from datetime import datetime
from typing import TYPE_CHECKING, Any, NamedTuple

from django.db import models
from django.utils.translation import gettext_lazy as _

from .integration import Integration
from .rooms import VisitRoom

if TYPE_CHECKING:
    from .participants import Participant


class Stay(NamedTuple):
    """From when to when somebody was in a room, with all their devices taken together; open while they are in it."""

    since: datetime
    until: datetime | None


class WebhookEventQuerySet(models.QuerySet["WebhookEvent"]):
    def keep(self, integration: Integration, facts: dict[str, Any], *, at: datetime) -> "WebhookEvent | None":
        """The event as a new row; None for one that we have. Its room may be none of ours, or not known yet."""
        room = integration.rooms.filter(name=facts["room_name"]).exclude(name="").first()
        event, is_new = self.get_or_create(
            integration=integration, key=facts.pop("key"), defaults={**facts, "room": room, "received_at": at}
        )
        return event if is_new else None

    def stays(self, room: VisitRoom, seat: "Participant") -> list[Stay]:
        """Of one person in one room, as far as the service has told, in whatever order; the last may be open.

        At the same instant, going comes first.
        """
        kinds = [WebhookEvent.Kind.JOINED, WebhookEvent.Kind.LEFT]
        return stays_of(self.filter(room=room, person_uid=seat.uid, kind__in=kinds).order_by("at", "-kind", "pk"))


def stays_of(events: "Iterable[WebhookEvent]") -> list[Stay]:
    """From comings and goings in the order of their time; a going without its coming counts for nothing."""
    stays: list[Stay] = []
    devices, since = 0, None
    for event in events:
        devices = max(0, devices + (1 if event.kind == event.Kind.JOINED else -1))
        if devices and since is None:
            since = event.at
        elif not devices and since is not None:
            stays.append(Stay(since, event.at))
            since = None
    return stays if since is None else [*stays, Stay(since, None)]


class WebhookEvent(models.Model):
    """One event of a service, kept also when it is late, unknown or out of turn; of the message nothing else is."""

    class Kind(models.TextChoices):
        STARTED = "started", _("Began")
        ENDED = "ended", _("Ended")
        JOINED = "joined", _("Joined")
        LEFT = "left", _("Left")
        OTHER = "other", _("Something else")

    integration = models.ForeignKey(
        Integration, models.PROTECT, verbose_name=_("video service"), related_name="webhook_events"
    )
    key = models.CharField(_("key"), max_length=200)
    kind = models.CharField(_("what"), max_length=10, choices=Kind)
    raw_kind = models.CharField(_("as the service calls it"), max_length=80, blank=True)
    room = models.ForeignKey(
        VisitRoom, models.PROTECT, verbose_name=_("room"), null=True, blank=True, related_name="webhook_events"
    )
    room_name = models.CharField(_("name at the service"), max_length=255, blank=True)
    person_uid = models.CharField(_("to whom"), max_length=64, blank=True)
    at = models.DateTimeField(_("at"))
    received_at = models.DateTimeField(_("received"))

    objects = WebhookEventQuerySet.as_manager()

    class Meta:
        ordering = ["-received_at", "-pk"]
        verbose_name = _("message of a video service")
        verbose_name_plural = _("messages of video services")
        constraints = [models.UniqueConstraint(fields=["integration", "key"], name="webhook_event_kept_once")]
        indexes = [models.Index(fields=["room", "person_uid"], name="webhook_event_of_person")]

    def __str__(self) -> str:
        return f"{self.integration_id}: {self.raw_kind or self.kind}"
