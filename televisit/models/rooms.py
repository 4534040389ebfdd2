"""VisitRoom: the room that a visit has at a video service."""

from datetime import datetime
from typing import TYPE_CHECKING

from django.db import models, transaction
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from .choices import Phase
from .events import VisitEvent
from .integration import Integration

if TYPE_CHECKING:
    from .visit import Visit

OWN = "webrtc"


class VisitRoomQuerySet(models.QuerySet["VisitRoom"]):
    def in_use(self) -> "VisitRoomQuerySet":
        """Those that people enter, or will once the service has opened them."""
        return self.filter(closed_at__isnull=True)

    def left_over(self) -> "VisitRoomQuerySet":
        """Closed by us, while the service has not said yet that they are."""
        return self.filter(closed_at__isnull=False, gone_at__isnull=True).exclude(name="")

    def given_up(self) -> "VisitRoomQuerySet":
        """Those whose service failed, the newest last."""
        return self.exclude(problem="").order_by("attempt")

    def close_all(self, at: datetime) -> list[int]:
        """Nobody enters these any more. Gives the keys of those that it closed."""
        open_rooms = list(self.in_use().values_list("pk", flat=True))
        self.filter(pk__in=open_rooms).update(closed_at=at)
        return open_rooms

    @transaction.atomic
    def claim(self, visit: "Visit", *, at: datetime) -> "VisitRoom":
        """The room that `visit` has in use, or the row of its next one, which the service is still to open.

        A service that has failed this visit is not asked again; our own rooms come last. Raises what the hour refuses.
        """
        visit.lock()
        room = self.in_use().filter(visit=visit).select_related("integration").first()
        if room is not None:
            room.visit = visit
            return room
        if visit.phase(at) != Phase.EARLY:
            visit.refuse_unless_open(at)
        failed = self.given_up().filter(visit=visit).values("integration")
        integration = Integration.objects.in_turn(visit.clinic).exclude(pk__in=failed).first()
        attempt = self.filter(visit=visit).count() + 1
        return self.create(
            visit=visit,
            integration=integration,
            provider=integration.provider if integration else OWN,
            attempt=attempt,
            asked_at=at,
        )


class VisitRoom(models.Model):
    """One room of a visit. It has one in use at a time; a new one is asked for when the one before has failed or closed.

    The row comes before the call to the service, so that a crash in between leaves no room that we do not know of.
    Without an integration it is one of our own.
    """

    visit = models.ForeignKey("televisit.Visit", models.PROTECT, verbose_name=_("visit"), related_name="rooms")
    integration = models.ForeignKey(
        Integration, models.PROTECT, verbose_name=_("video service"), null=True, blank=True, related_name="rooms"
    )
    provider = models.CharField(_("video service"), max_length=20)
    attempt = models.PositiveSmallIntegerField(_("attempt"))
    name = models.CharField(_("name at the service"), max_length=255, blank=True)
    url = models.CharField(_("address"), max_length=500, blank=True)
    most_people = models.PositiveSmallIntegerField(_("most people"), default=0)
    asked_at = models.DateTimeField(_("asked for"))
    opened_at = models.DateTimeField(_("opened"), null=True, blank=True)
    closed_at = models.DateTimeField(_("closed"), null=True, blank=True)
    gone_at = models.DateTimeField(_("closed at the service"), null=True, blank=True)
    problem = models.CharField(_("what was wrong"), max_length=300, blank=True)

    objects = VisitRoomQuerySet.as_manager()

    class Meta:
        ordering = ["visit", "attempt"]
        verbose_name = _("room")
        verbose_name_plural = _("rooms")
        constraints = [
            models.UniqueConstraint(
                fields=["visit"], condition=Q(closed_at__isnull=True), name="visit_room_one_in_use"
            ),
            models.UniqueConstraint(fields=["visit", "attempt"], name="visit_room_attempts_are_numbered"),
        ]
        indexes = [models.Index(fields=["integration", "name"], name="visit_room_at_service")]

    def __str__(self) -> str:
        return f"{self.visit_id}-{self.attempt}: {self.provider}"

    @property
    def is_open(self) -> bool:
        return self.opened_at is not None and self.closed_at is None

    @property
    def is_own(self) -> bool:
        """Whether it is one of our own, and not a service's."""
        return self.integration_id is None

    @transaction.atomic
    def settle(self, *, name: str, url: str, most_people: int, at: datetime) -> bool:
        """The service has opened it. Gives whether this is the room that counts: another process may have been first,
        or the visit may be over."""
        facts = {"name": name, "url": url, "most_people": most_people, "opened_at": at}
        waiting = VisitRoom.objects.in_use().filter(pk=self.pk, opened_at__isnull=True)
        is_first = bool(waiting.update(**facts))
        if is_first:
            type(self.visit).objects.filter(pk=self.visit_id).update(provider=self.provider, room=name)
        self.refresh_from_db(fields=[*facts, "closed_at"])
        return is_first

    @transaction.atomic
    def give_up(self, problem: str, *, at: datetime) -> bool:
        """The service has failed: the visit needs another room. Gives whether this call did it."""
        if not VisitRoom.objects.in_use().filter(pk=self.pk).update(closed_at=at, problem=problem[:300]):
            return False
        self.visit.record(VisitEvent.Kind.FAILED_OVER, at=at, note=f"{self.provider}: {problem}"[:300])
        return True

    def note_gone(self, *, at: datetime) -> None:
        """The service has closed it."""
        VisitRoom.objects.filter(pk=self.pk, gone_at__isnull=True).update(gone_at=at)
