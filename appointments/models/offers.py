"""Offer: another time that one side proposes and the other takes or not."""

from datetime import datetime
from typing import Any

from django.contrib.postgres.fields import DateTimeRangeField
from django.db import models
from django.utils.translation import gettext_lazy as _

from appointments.errors import SlotTaken
from clinic.codes import uid

from .slots import Slot


class OfferQuerySet(models.QuerySet["Offer"]):
    def for_patients_in(self, appointments: models.QuerySet[Any]) -> "OfferQuerySet":
        """Those of `appointments` that wait for the patient's answer."""
        waiting = self.filter(status=Offer.Status.OPEN, waits_for=Offer.Side.PATIENT, appointment__in=appointments)
        return waiting.select_related("appointment__doctor__user")


class Offer(models.Model):
    """Another time for an appointment. Its slot is kept until `expires_at`; until then the old time stands.

    `waits_for` says whose answer is due: the patient's to what the doctor proposed, or the doctor's to what the
    patient asked for. The slot may go when the doctor changes hours: then the time alone is offered.
    """

    class Status(models.TextChoices):
        OPEN = "open", _("Waiting for an answer")
        TAKEN = "taken", _("Taken")
        REFUSED = "refused", _("Refused")
        EXPIRED = "expired", _("Expired")
        DROPPED = "dropped", _("No longer of use")

    class Side(models.TextChoices):
        PATIENT = "patient", _("Patient")
        DOCTOR = "doctor", _("Doctor")

    uid = models.CharField(max_length=16, unique=True, default=uid, editable=False)
    appointment = models.ForeignKey(
        "appointments.Appointment", models.CASCADE, verbose_name=_("appointment"), related_name="offers"
    )
    slot = models.ForeignKey(
        Slot, models.SET_NULL, verbose_name=_("slot"), null=True, blank=True, related_name="offers"
    )
    period = DateTimeRangeField(_("period"))
    waits_for = models.CharField(_("waits for"), max_length=8, choices=Side, default=Side.PATIENT)
    status = models.CharField(_("status"), max_length=8, choices=Status, default=Status.OPEN)
    expires_at = models.DateTimeField(_("expires"))
    created_at = models.DateTimeField(_("created"), auto_now_add=True)

    objects = OfferQuerySet.as_manager()

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

    @property
    def hold_key(self) -> str:
        """The key under which its slot is held."""
        return f"offer-{self.uid}"

    def is_over(self, at: datetime) -> bool:
        return self.expires_at <= at

    def hold(self, *, at: datetime) -> None:
        """Keep the slot until the offer expires. Raises SlotTaken; for who holds the doctor's calendar."""
        free = Slot.objects.free(at).filter(offers=self)
        if not free.update(held_by=self.hold_key, held_until=self.expires_at):
            raise SlotTaken

    def close(self, status: str) -> None:
        """OPEN -> `status`; whatever it still held is free."""
        Slot.objects.filter(held_by=self.hold_key).update(held_by="", held_until=None)
        self.status, self.slot = status, None
        self.save(update_fields=["status", "slot"])
