"""Notice: something that we tell a person."""

from collections.abc import Sequence
from datetime import datetime, timedelta
from typing import TYPE_CHECKING, Any

from django.conf import settings
from django.db import models, transaction
from django.utils.translation import gettext_lazy as _

from appointments.models import Appointment
from clinic.codes import uid
from prescriptions.models import Prescription

from .choices import Channel, Kind

if TYPE_CHECKING:
    from .deliveries import Delivery

NEWS_FOR = timedelta(days=3)
TRUE_WHILE: dict[
    str, set[str]
] = {  # the kinds that say how an appointment stands, and in which states that is still so
    Kind.REQUEST_RECEIVED: {Appointment.Status.REQUESTED},
    Kind.REQUESTED: {Appointment.Status.REQUESTED},
    Kind.CONFIRMED: {Appointment.Status.CONFIRMED, Appointment.Status.IN_PROGRESS},
    Kind.REMINDER: {Appointment.Status.CONFIRMED},
}


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
        """With the people and things that they are about, for their words and links, in one query."""
        return self.select_related(
            "recipient",
            "appointment__clinic",
            "appointment__doctor__user",
            "appointment__patient",
            "appointment__visit",
            "prescription",
        )

    @transaction.atomic
    def give(self, notices: Sequence["Notice"]) -> list["Delivery"]:
        """Keep those of `notices` whose key is new, each with its deliveries. Gives what is to be sent of all of them.

        Safe to run twice, and in two workers at once.
        """
        from .deliveries import Delivery

        Notice.objects.bulk_create(notices, ignore_conflicts=True)
        kept = self.filter(key__in=[notice.key for notice in notices])
        return Delivery.objects.queue(kept, channels=Channel)


class Notice(models.Model):
    """Something that we tell a person once: its `key` says what it is about, and to whom. The portal lists it as it is.

    `at` is when it came to be so.
    """

    Kind = Kind

    uid = models.CharField(max_length=16, unique=True, default=uid, editable=False)
    recipient = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.CASCADE, verbose_name=_("recipient"), related_name="notices"
    )
    kind = models.CharField(_("what"), max_length=20, choices=Kind)
    key = models.CharField(_("key"), max_length=80, unique=True, editable=False)
    appointment = models.ForeignKey(Appointment, models.CASCADE, verbose_name=_("appointment"), related_name="notices")
    prescription = models.ForeignKey(
        Prescription, models.CASCADE, verbose_name=_("prescription"), null=True, blank=True, related_name="notices"
    )
    at = models.DateTimeField(_("at"))
    read_at = models.DateTimeField(_("read"), null=True, blank=True)

    objects = NoticeQuerySet.as_manager()

    class Meta:
        ordering = ["-at", "-pk"]
        verbose_name = _("notice")
        verbose_name_plural = _("notices")
        indexes = [
            models.Index(fields=["recipient", "-at"], name="notice_of_recipient"),
            models.Index(fields=["recipient"], condition=models.Q(read_at__isnull=True), name="notice_unread"),
        ]

    def __str__(self) -> str:
        return f"{self.get_kind_display()}: {self.key}"

    def get_absolute_url(self) -> str:
        """The page that it is about."""
        return (self.prescription or self.appointment).get_absolute_url()

    @property
    def is_for_doctor(self) -> bool:
        doctor = self.appointment.doctor
        return doctor is not None and doctor.user_id == self.recipient_id

    def is_worth_sending(self, at: datetime) -> bool:
        """Whether it is still so at the instant `at`, and still news: late and wrong are worse than nothing."""
        states = TRUE_WHILE.get(self.kind)
        if states is not None and self.appointment.status not in states:
            return False
        if self.kind == Kind.PRESCRIPTION_ISSUED and self.is_of_revoked_prescription():
            return False
        if self.kind == Kind.REMINDER:
            return self.appointment.period.lower > at
        return self.appointment.period.upper > at or at - self.at < NEWS_FOR

    def is_of_revoked_prescription(self) -> bool:
        return self.prescription is not None and self.prescription.status == Prescription.Status.REVOKED

    def takes_back_an_invitation(self) -> bool:
        """Whether the recipient was invited before, so that a calendar has an entry to remove."""
        return Notice.objects.filter(
            recipient=self.recipient, appointment=self.appointment, kind=Kind.CONFIRMED
        ).exists()
