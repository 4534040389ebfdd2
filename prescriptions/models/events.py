"""The history of a prescription, which is also the outbox of what is told about it."""

from django.conf import settings
from django.db import models
from django.utils.translation import gettext_lazy as _


class PrescriptionEventQuerySet(models.QuerySet["PrescriptionEvent"]):
    def unannounced(self) -> "PrescriptionEventQuerySet":
        return self.filter(announced_at__isnull=True)


class PrescriptionEvent(models.Model):
    """One step: what happened and by whom. Written with the change, in its transaction; never edited.

    `announced_at` is set once notices were made of it; a beat task finds those that were left.
    """

    class Kind(models.TextChoices):
        ISSUED = "issued", _("Issued")
        REVOKED = "revoked", _("Revoked")

    prescription = models.ForeignKey(
        "prescriptions.Prescription", models.PROTECT, verbose_name=_("prescription"), related_name="events"
    )
    kind = models.CharField(_("what"), max_length=8, choices=Kind)
    before = models.CharField(_("before"), max_length=8)
    after = models.CharField(_("after"), max_length=8)
    actor = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, verbose_name=_("by"), related_name="+")
    at = models.DateTimeField(_("at"))
    announced_at = models.DateTimeField(_("told"), null=True, blank=True)

    objects = PrescriptionEventQuerySet.as_manager()

    class Meta:
        ordering = ["at", "pk"]
        verbose_name = _("event")
        verbose_name_plural = _("events")
        indexes = [
            models.Index(fields=["at"], condition=models.Q(announced_at__isnull=True), name="prescription_event_untold")
        ]

    def __str__(self) -> str:
        return f"{self.prescription_id}: {self.get_kind_display()}"
