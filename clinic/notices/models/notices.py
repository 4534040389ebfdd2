"""Notice: something that we tell a person."""

from collections.abc import Sequence
from datetime import datetime
from typing import TYPE_CHECKING, Any

from django.conf import settings
from django.db import models, transaction
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from appointments.models import Appointment, AppointmentEvent, Offer
from chat.models import Message
from clinic.codes import uid
from clinic.crypto import EncryptedTextField
from clinic.notices.choices import Kind, Side
from clinic.notices.kinds import KINDS, Rule
from clinic.notices.live import tell_pages
from clinic.people.models import Patient, User
from prescriptions.models import Prescription
from televisit.models import Invitation

if TYPE_CHECKING:
    from .deliveries import Delivery


class NoticeQuerySet(models.QuerySet["Notice"]):
    def visible_to(self, user: Any) -> "NoticeQuerySet":
        """A person's own. Staff see how they were delivered, in the admin."""
        return self.filter(recipient=user) if user.is_authenticated else self.none()

    def unread(self) -> "NoticeQuerySet":
        return self.filter(read_at__isnull=True)

    def mark_read(self, *, at: datetime) -> int:
        """All of these have been seen. Gives how many were new."""
        return self.unread().update(read_at=at)

    def with_subjects(self) -> "NoticeQuerySet":
        """With the people and things that they are about, for their words and links.

        What most notices lack is fetched apart: PostgreSQL plans a dozen joins for longer than it runs them.
        """
        most = self.select_related("recipient", "appointment__clinic", "appointment__doctor__user")
        most = most.select_related("appointment__patient", "appointment__visit")
        prescriptions = models.Prefetch("prescription", Prescription.objects.all())  # without their PDFs
        return most.prefetch_related("event", "offer", "invitation", "patient", prescriptions)

    @transaction.atomic
    def give(self, notices: Sequence["Notice"]) -> list["Delivery"]:
        """Keep those of `notices` whose key is new, each with its deliveries, and show them to open pages.

        Gives what is to be sent of all of them. Safe to run twice, and in two workers at once.
        """
        from .deliveries import Delivery

        Notice.objects.bulk_create(notices, ignore_conflicts=True)
        kept = self.filter(key__in=[notice.key for notice in notices]).select_related("recipient", "invitation")
        tell_pages({notice.recipient_id for notice in kept if notice.recipient_id})
        return Delivery.objects.queue(kept)


class Notice(models.Model):
    """Something that we tell a person once: its `key` says what it is about, and to whom. The portal lists it as it is.

    Who has no account, a guest, is reached by the `invitation` alone. `at` is when it came to be so, `sequence` the
    appointment's calendar revision then, `detail` a word or number that its text needs.
    """

    Kind, Side = Kind, Side

    uid = models.CharField(max_length=16, unique=True, default=uid, editable=False)
    recipient = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        models.CASCADE,
        verbose_name=_("recipient"),
        null=True,
        blank=True,
        related_name="notices",
    )
    address = EncryptedTextField(_("address of a guest"), blank=True, default="")
    side = models.CharField(_("told as"), max_length=13, choices=Side)
    kind = models.CharField(_("what"), max_length=30, choices=Kind)
    key = models.CharField(_("key"), max_length=80, unique=True, editable=False)
    appointment = models.ForeignKey(
        Appointment, models.CASCADE, verbose_name=_("appointment"), null=True, blank=True, related_name="notices"
    )
    sequence = models.PositiveIntegerField(_("calendar revision"), null=True, blank=True)
    event = models.ForeignKey(
        AppointmentEvent, models.CASCADE, verbose_name=_("step"), null=True, blank=True, related_name="notices"
    )
    offer = models.ForeignKey(
        Offer, models.CASCADE, verbose_name=_("offer"), null=True, blank=True, related_name="notices"
    )
    invitation = models.ForeignKey(
        Invitation, models.CASCADE, verbose_name=_("invitation"), null=True, blank=True, related_name="notices"
    )
    patient = models.ForeignKey(
        Patient, models.CASCADE, verbose_name=_("patient"), null=True, blank=True, related_name="notices"
    )
    prescription = models.ForeignKey(
        Prescription, models.CASCADE, verbose_name=_("prescription"), null=True, blank=True, related_name="notices"
    )
    detail = models.CharField(_("detail"), max_length=120, blank=True)
    at = models.DateTimeField(_("at"))
    read_at = models.DateTimeField(_("read"), null=True, blank=True)

    objects = NoticeQuerySet.as_manager()

    class Meta:
        ordering = ["-at", "-pk"]
        verbose_name = _("notice")
        verbose_name_plural = _("notices")
        constraints = [
            models.CheckConstraint(
                condition=Q(recipient__isnull=False) | Q(side="guest"), name="notice_without_account_is_a_guests"
            )
        ]
        indexes = [
            models.Index(fields=["recipient", "-at"], name="notice_of_recipient"),
            models.Index(fields=["recipient"], condition=Q(read_at__isnull=True), name="notice_unread"),
        ]

    def __str__(self) -> str:
        return f"{self.get_kind_display()}: {self.key}"

    def get_absolute_url(self) -> str:
        """The page that it is about."""
        from clinic.notices.pages import page_of

        return page_of(self)

    @property
    def rule(self) -> Rule:
        return KINDS[self.kind]

    @property
    def person(self) -> User:
        """The recipient of a notice that went to somebody with an account. Raises ValueError for a guest's."""
        if self.recipient is None:
            raise ValueError("this notice went to a guest")
        return self.recipient

    @property
    def is_for_doctor(self) -> bool:
        return self.side in {Side.DOCTOR, Side.FORMER_DOCTOR, Side.ON_CALL}

    def is_worth_sending(self, at: datetime) -> bool:
        """Whether it is still so at the instant `at`, still news, and its recipient still has an account that works.

        Late and wrong are worse than nothing.
        """
        if self.recipient is not None and not self.recipient.is_active:
            return False
        if self.appointment is not None and not self._still_holds(self.appointment):
            return False
        if self._is_taken_back():
            return False
        return self._is_news(at)

    def takes_back_an_invitation(self) -> bool:
        """Whether the recipient was invited before, so that a calendar has an entry to remove."""
        invited = [kind for kind, rule in KINDS.items() if rule.calendar == "REQUEST"]
        before = Notice.objects.filter(recipient=self.recipient, appointment=self.appointment, kind__in=invited)
        return before.exclude(pk=self.pk).exists()

    def _still_holds(self, appointment: Appointment) -> bool:
        has_moved = self.rule.of_time and self.sequence is not None and self.sequence != appointment.sequence
        return appointment.status in self.rule.stands and not has_moved

    def _is_taken_back(self) -> bool:
        """Whether the very thing that it tells of is gone: a prescription revoked, an offer answered, a chat read."""
        if self.kind == Kind.PRESCRIPTION_ISSUED and self.prescription is not None:
            return self.prescription.status == Prescription.Status.REVOKED
        if self.kind in {Kind.OFFERED, Kind.MOVE_WISHED} and self.offer is not None:
            return self.offer.status != Offer.Status.OPEN
        if self.kind == Kind.MESSAGE_UNREAD:
            return not Message.objects.unread_by(self.person).filter(appointment=self.appointment).exists()
        is_link = self.rule.joins and self.invitation is not None
        return is_link and self.invitation.is_revoked

    def _is_news(self, at: datetime) -> bool:
        period = self.appointment.period if self.appointment is not None else None
        if self.rule.before:
            return period is not None and period.lower > at
        is_ahead = self.rule.lasts.days > 0 and period is not None and period.upper > at
        return is_ahead or at - self.at < self.rule.lasts
