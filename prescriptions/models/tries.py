"""Wrong dates of birth that were typed on the verification page."""

from datetime import datetime, timedelta

from django.db import models
from django.utils.translation import gettext_lazy as _

TRIES = 5
WITHIN = timedelta(hours=24)


class WrongTryQuerySet(models.QuerySet["WrongTry"]):
    def are_used_up(self, at: datetime) -> bool:
        """Whether these, of one prescription, leave no further try at the instant `at`."""
        return self.filter(at__gt=at - WITHIN).count() >= TRIES


class WrongTry(models.Model):
    """Somebody with the code gave a date that is not the patient's date of birth."""

    prescription = models.ForeignKey(
        "prescriptions.Prescription", models.CASCADE, verbose_name=_("prescription"), related_name="wrong_tries"
    )
    at = models.DateTimeField(_("at"))

    objects = WrongTryQuerySet.as_manager()

    class Meta:
        verbose_name = _("wrong date of birth")
        verbose_name_plural = _("wrong dates of birth")
        indexes = [models.Index(fields=["prescription", "at"], name="wrong_try_of_prescription")]

    def __str__(self) -> str:
        return f"{self.prescription_id} at {self.at:%Y-%m-%d %H:%M}"
