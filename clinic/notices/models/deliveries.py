"""Delivery: a notice on its way out of the portal, on one channel."""

from collections.abc import Iterable
from datetime import datetime, timedelta
from typing import TYPE_CHECKING, Any
from urllib.parse import urlsplit

from django.conf import settings
from django.db import models, transaction
from django.db.models import Q
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from clinic.codes import uid
from clinic.notices.choices import Status
from televisit.models import Invitation

from .notices import Notice
from .preferences import Preference, is_wanted

if TYPE_CHECKING:
    from clinic.notices.channels import Channel

QUEUE_TIME = timedelta(minutes=5)  # what was not begun by then has lost its task
IN_DOUBT_AFTER = timedelta(minutes=10)  # longer than any task may run
FIRST_PAUSE = timedelta(seconds=30)
LONGEST_PAUSE = timedelta(hours=1)
MAX_ATTEMPTS = 12  # within about six hours
UNDONE = (Status.QUEUED, Status.SENDING, Status.FAILED)
ENDED_BADLY = (Status.DEAD, Status.BOUNCED, Status.IN_DOUBT)
REPORTED: dict[str, tuple[str, ...]] = {  # what a service may say, and of what: news comes late and in any order
    Status.SENT: (Status.SENDING, Status.IN_DOUBT),
    Status.DELIVERED: (Status.SENDING, Status.SENT, Status.IN_DOUBT),
    Status.BOUNCED: (Status.SENDING, Status.SENT, Status.DELIVERED, Status.IN_DOUBT),
}


def new_message_id() -> str:
    """The name that all attempts of a delivery share, as RFC 5322 writes it."""
    return message_id_of(uid())


def message_id_of(name: str) -> str:
    return f"<{name}@{urlsplit(settings.PUBLIC_URL).hostname}>"


def channel_choices() -> list[tuple[str, Any]]:
    from clinic.notices.channels import CHANNELS

    return [(channel.name, channel.label) for channel in CHANNELS.values()]


def soon() -> datetime:
    return timezone.now() + QUEUE_TIME


class DeliveryQuerySet(models.QuerySet["Delivery"]):
    def queue(self, notices: Iterable[Notice]) -> list["Delivery"]:
        """A delivery of each notice on each channel that reaches its recipient and that they want.

        Gives those that wait to be sent; the rest is under way.
        """
        from clinic.notices.channels import CHANNELS

        notices = list(notices)
        chosen = Preference.objects.of({notice.recipient_id for notice in notices if notice.recipient_id})
        wanted = [
            Delivery(notice=notice, channel=channel.name)
            for notice in notices
            for channel in CHANNELS.values()
            if is_wanted(notice, channel.name, chosen) and channel.address_of(notice)
        ]
        Delivery.objects.bulk_create(wanted, ignore_conflicts=True)
        return list(self.filter(notice__in=notices, status=Status.QUEUED))

    @transaction.atomic
    def claim(self, pk: int, *, at: datetime) -> "Delivery | None":
        """QUEUED or FAILED -> SENDING, with what its notice tells of; None if it is done or another worker has it."""
        waiting = self.select_for_update(skip_locked=True).filter(pk=pk, status__in=[Status.QUEUED, Status.FAILED])
        delivery = waiting.first()
        if delivery is not None:
            delivery.begin(at=at)
            delivery.notice = Notice.objects.with_subjects().get(pk=delivery.notice_id)
        return delivery

    def overdue(self, at: datetime) -> "DeliveryQuerySet":
        """Those that should have gone on by `at`: their task was lost, their pause is over, or they are in doubt."""
        return self.filter(status__in=UNDONE, due_at__lte=at).order_by("due_at")

    @transaction.atomic
    def take_up(self, pk: int, *, at: datetime) -> bool:
        """Whether an overdue delivery is to be sent now; the next sweep leaves it alone for a while.

        One whose worker ended while sending is in doubt, and handled as doubt() has it.
        """
        delivery = self.select_for_update(skip_locked=True).overdue(at).filter(pk=pk).first()
        if delivery is None:
            return False
        if delivery.status == Status.SENDING:
            return delivery.doubt("its worker ended", at=at)
        delivery.requeue(at=at)
        return True

    @transaction.atomic
    def report(
        self, *, status: str, address: str, name: str = "", provider_id: str = "", problem: str = ""
    ) -> "Delivery | None":
        """Record what a service says of the delivery that we call `name`, or the service `provider_id`, to `address`.

        None for what we do not know, or what says nothing new: a status never goes back.
        """
        known = Q(message_id=message_id_of(name)) if name else Q(provider_id=provider_id) & ~Q(provider_id="")
        found = self.select_for_update(of=("self",)).select_related("notice__recipient").filter(known)
        delivery = found.filter(status__in=REPORTED[status]).first()
        if delivery is not None:
            delivery.take_report(status, problem, address)
        return delivery

    @transaction.atomic
    def start_over(self, *, at: datetime) -> list[int]:
        """What ended badly -> QUEUED, as if new; others stay as they are. Gives the ids of what is to be sent."""
        dead = list(self.select_for_update().filter(status__in=ENDED_BADLY).values_list("pk", flat=True))
        self.filter(pk__in=dead).update(status=Status.QUEUED, attempts=0, repeats=0, problem="", due_at=at + QUEUE_TIME)
        return dead


class Delivery(models.Model):
    """One notice on one channel. `due_at` is when the sweep looks after it, if it has not got further by then."""

    Status = Status

    notice = models.ForeignKey(Notice, models.CASCADE, verbose_name=_("notice"), related_name="deliveries")
    channel = models.CharField(_("channel"), max_length=10, choices=channel_choices)
    status = models.CharField(_("status"), max_length=10, choices=Status, default=Status.QUEUED)
    attempts = models.PositiveSmallIntegerField(_("attempts"), default=0)
    repeats = models.PositiveSmallIntegerField(_("repeats after a doubt"), default=0)
    message_id = models.CharField(_("message ID"), max_length=300, unique=True, default=new_message_id, editable=False)
    provider_id = models.CharField(_("the service's name for it"), max_length=200, blank=True, db_index=True)
    invitation = models.OneToOneField(
        Invitation, models.SET_NULL, verbose_name=_("link into the visit"), null=True, blank=True, related_name="+"
    )
    problem = models.CharField(_("problem"), max_length=200, blank=True)
    due_at = models.DateTimeField(_("to be looked after"), default=soon)
    created_at = models.DateTimeField(_("created"), auto_now_add=True)
    sent_at = models.DateTimeField(_("sent"), null=True, blank=True)

    objects = DeliveryQuerySet.as_manager()

    class Meta:
        ordering = ["-created_at", "-pk"]
        verbose_name = _("delivery")
        verbose_name_plural = _("deliveries")
        constraints = [models.UniqueConstraint(fields=["notice", "channel"], name="delivery_once_on_a_channel")]
        indexes = [
            models.Index(
                fields=["due_at"], condition=Q(status__in=["queued", "sending", "failed"]), name="delivery_undone"
            )
        ]

    def __str__(self) -> str:
        return f"{self.notice_id}: {self.get_channel_display()}, {self.get_status_display()}"

    @property
    def name(self) -> str:
        """What we call it towards services."""
        return self.message_id[1:].partition("@")[0]

    @property
    def way(self) -> "Channel":
        """The channel that it takes."""
        from clinic.notices.channels import CHANNELS

        return CHANNELS[self.channel]

    @property
    def address(self) -> str:
        """Where its channel reaches the recipient now."""
        return self.way.address_of(self.notice)

    def begin(self, *, at: datetime) -> None:
        """Committed before anything leaves: what is found in this state later is in doubt."""
        self.attempts += 1
        self._move_to(Status.SENDING, due_at=at + IN_DOUBT_AFTER)

    def mark_sent(self, provider_id: str, *, at: datetime) -> None:
        """Handed over. What the service has said already stands."""
        facts = {"sent_at": at, "provider_id": provider_id[:200]}
        if not Delivery.objects.filter(pk=self.pk, status=Status.SENDING).update(
            status=Status.SENT, problem="", **facts
        ):
            Delivery.objects.filter(pk=self.pk).update(**facts)

    @transaction.atomic
    def doubt(self, problem: str, *, at: datetime) -> bool:
        """Perhaps it was sent. Whether it is repeated: as often as its channel has it, then staff are shown it.

        What the service has said of it meanwhile ends the doubt.
        """
        self.refresh_from_db(fields=["status"], from_queryset=Delivery.objects.select_for_update())
        if self.status != Status.SENDING:
            return False
        if self.repeats < self.way.repeats_in_doubt:
            self.requeue(at=at)
            return True
        self._move_to(Status.IN_DOUBT, problem=problem[:200])
        return False

    def take_report(self, status: str, problem: str, address: str) -> None:
        """What the service says of it; that `address` works or does not is remembered."""
        self._move_to(status, problem=problem[:200])
        if status in {Status.DELIVERED, Status.BOUNCED}:
            self.way.note_address(self.notice, address, works=status == Status.DELIVERED)

    def retry_later(self, problem: str, *, at: datetime) -> None:
        """Wait for longer after each attempt; after the last one, give up."""
        if self.attempts >= MAX_ATTEMPTS:
            self.give_up(problem)
            return
        pause = min(FIRST_PAUSE * 2 ** (self.attempts - 1), LONGEST_PAUSE)
        self._move_to(Status.FAILED, due_at=at + pause, problem=problem[:200])

    def give_up(self, problem: str) -> None:
        """Staff find it in the admin, and may send it again."""
        self._move_to(Status.DEAD, problem=problem[:200])

    def drop(self) -> None:
        """It is no longer so, or no longer news."""
        self._move_to(Status.DROPPED)

    def requeue(self, *, at: datetime) -> None:
        """Its task is lost, or its pause is over: it waits for a worker again."""
        repeats = self.repeats + (self.status == Status.SENDING)
        self._move_to(Status.QUEUED, due_at=at + QUEUE_TIME, repeats=repeats)

    def _move_to(self, status: str, **facts: object) -> None:
        for name, value in facts.items():
            setattr(self, name, value)
        self.status = status
        self.save(update_fields=["status", "attempts", *facts])
