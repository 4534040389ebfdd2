"""Opening: a doctor who treated somebody long ago opens the record once more, and says why."""

from datetime import datetime, timedelta

from django.db import models
from django.utils.translation import gettext_lazy as _

from clinic.codes import uid
from clinic.crypto import EncryptedTextField
from clinic.people.models import Doctor, Patient

LASTS = timedelta(hours=24)


class OpeningQuerySet(models.QuerySet["Opening"]):
    def lasting(self, at: datetime) -> "OpeningQuerySet":
        """Those that open their record at the instant `at`."""
        return self.filter(at__gt=at - LASTS, at__lte=at)

    def with_names(self) -> "OpeningQuerySet":
        return self.select_related("doctor__user")


class Opening(models.Model):
    """From `at` on, for a day. Written once; the patient reads who it was and why."""

    uid = models.CharField(max_length=16, unique=True, default=uid, editable=False)
    doctor = models.ForeignKey(Doctor, models.PROTECT, verbose_name=_("doctor"), related_name="openings")
    patient = models.ForeignKey(Patient, models.PROTECT, verbose_name=_("patient"), related_name="openings")
    reason = EncryptedTextField(_("reason"), max_length=500)
    at = models.DateTimeField(_("at"))

    objects = OpeningQuerySet.as_manager()

    class Meta:
        ordering = ["-at", "-pk"]
        verbose_name = _("opening of a record")
        verbose_name_plural = _("openings of records")
        indexes = [models.Index(fields=["doctor", "at"], name="opening_by_doctor")]

    def __str__(self) -> str:
        return self.uid
