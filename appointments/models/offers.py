"""Offer: another time that the doctor proposes and the patient takes or not."""

from django.contrib.postgres.fields import DateTimeRangeField
from django.db import models
from django.utils.translation import gettext_lazy as _

from clinic.codes import uid

from .slots import Slot


class Offer(models.Model):
    """Another time for an appointment. Its slot is kept for the patient until `expires_at`."""

    class Status(models.TextChoices):
        OPEN = "open", _("Waiting for the patient")
        TAKEN = "taken", _("Taken")
        REFUSED = "refused", _("Refused")
        EXPIRED = "expired", _("Expired")

    uid = models.CharField(max_length=16, unique=True, default=uid, editable=False)
    appointment = models.ForeignKey(
        "appointments.Appointment", models.CASCADE, verbose_name=_("appointment"), related_name="offers"
    )
    slot = models.ForeignKey(Slot, models.PROTECT, verbose_name=_("slot"), null=True, blank=True, related_name="offers")
    period = DateTimeRangeField(_("period"))
    status = models.CharField(_("status"), max_length=8, choices=Status, default=Status.OPEN)
    expires_at = models.DateTimeField(_("expires"))
    created_at = models.DateTimeField(_("created"), auto_now_add=True)

    class Meta:
        ordering = ["created_at"]
        verbose_name = _("offer")
        verbose_name_plural = _("offers")
        constraints = [
            models.UniqueConstraint(
                fields=["appointment"], condition=models.Q(status="open"), name="offer_one_open_for_each_appointment"
            )
        ]

    def __str__(self) -> str:
        return f"{self.appointment_id}: {self.period.lower:%Y-%m-%d %H:%M}"
