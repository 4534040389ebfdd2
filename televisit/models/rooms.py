"""VisitRoom: the room that a visit has at a video service."""

from datetime import datetime
from typing import TYPE_CHECKING

from django.db import models, transaction
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from clinic.people.models import User

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

    def at_services(self) -> "VisitRoomQuerySet":
        """Those of them that a video service has opened."""
        return self.in_use().filter(integration__isnull=False, opened_at__isnull=False)

    def left_over(self) -> "VisitRoomQuerySet":
        """Closed by us, while the service has not said yet that they are."""
        return self.filter(closed_at__isnull=False, gone_at__isnull=True, integration__isnull=False)

    def given_up(self) -> "VisitRoomQuerySet":
        """Those whose service failed, in their order."""
        return self.exclude(problem="").order_by("attempt")

    def close_all(self, at: datetime) -> list[int]:
        """Nobody enters these any more. Gives the keys of those that their service must be told to close."""
        rooms = self.in_use()
        theirs = list(rooms.filter(integration__isnull=False).values_list("pk", flat=True))
        rooms.filter(integration__isnull=True).update(closed_at=at, gone_at=at)
        self.filter(pk__in=theirs).update(closed_at=at)
        return theirs

    def with_visit(self) -> "VisitRoomQuerySet":
        return self.select_related("integration__clinic", "visit")

    def of_visit(self, visit: "Visit") -> "VisitRoom | None":
        """The room that `visit` has in use; its service may still have to open it."""
        room = self.in_use().filter(visit=visit).select_related("integration").first()
        if room is not None:
            room.visit = visit
        return room

    def claim(self, visit: "Visit", *, at: datetime) -> "VisitRoom":
        """The room that `visit` has in use, or the row of its next one, which the service is still to open.

        A service that has failed this visit is not asked again; our own rooms come last. Raises what the hour refuses.
        """
        return self.of_visit(visit) or self._claim_next(visit, at)

    @transaction.atomic
    def _claim_next(self, visit: "Visit", at: datetime) -> "VisitRoom":
        visit.lock()
        room = self.of_visit(visit)
        if room is not None:
            return room
        if visit.phase(at) != Phase.EARLY:
            visit.refuse_unless_open(at)
        before = self.filter(visit=visit)
        integration = Integration.objects.in_turn(visit.clinic).exclude(rooms__in=before.given_up()).first()
        facts = {"integration": integration, "provider": integration.provider if integration else OWN}
        return self.create(visit=visit, attempt=before.count() + 1, asked_at=at, **facts)


class VisitRoom(models.Model):
    """One room of a visit, which has one in use at a time; the next is asked for when that one has failed or closed.

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
        """The service has opened it. Whether it counts: another process may have been quicker, or the visit over."""
        facts = {"name": name, "url": url, "most_people": most_people, "opened_at": at}
        waiting = VisitRoom.objects.in_use().filter(pk=self.pk, opened_at__isnull=True)
        is_first = bool(waiting.update(**facts))
        if is_first:
            type(self.visit).objects.filter(pk=self.visit_id).update(provider=self.provider, room=name)
            self.visit.provider, self.visit.room = self.provider, name
        else:  # so that it is closed there too
            VisitRoom.objects.filter(pk=self.pk, name="").update(name=name, url=url, gone_at=None)
        return is_first

    @transaction.atomic
    def give_up(self, problem: str, *, at: datetime, by: User | None = None) -> bool:
        """The service has failed: the visit needs another room. Gives whether this call did it.

        Where it failed to open the room for us and opened it for another process meanwhile, the room stays.
        """
        as_known = VisitRoom.objects.in_use().filter(pk=self.pk, opened_at=self.opened_at)
        if not as_known.update(closed_at=at, problem=problem[:300]):
            return False
        self.visit.record(VisitEvent.Kind.FAILED_OVER, at=at, by=by, note=f"{self.provider}: {problem}"[:300])
        return True

    def note_entered(self) -> None:
        """Somebody is in it, though we have closed it: the service has to be told once more."""
        VisitRoom.objects.filter(pk=self.pk, closed_at__isnull=False).update(gone_at=None)

    def note_gone(self, *, at: datetime) -> None:
        """The service has closed it."""
        VisitRoom.objects.filter(pk=self.pk, gone_at__isnull=True).update(gone_at=at)
