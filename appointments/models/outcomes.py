"""Outcome: how an appointment ended for the patient."""

from django.conf import settings
from django.db import models
from django.utils.translation import gettext_lazy as _


class Outcome(models.Model):
    """What came of the appointment, said by the doctor. One each."""

    class Kind(models.TextChoices):
        TREATED = "treated", _("Treated")
        REFERRED = "referred", _("Referred")
        NEEDS_IN_PERSON = "needs_in_person", _("Must be seen in person")
        BY_PHONE = "by_phone", _("Done by phone")

    appointment = models.OneToOneField(
        "appointments.Appointment", models.CASCADE, verbose_name=_("appointment"), related_name="outcome"
    )
    kind = models.CharField(_("outcome"), max_length=16, choices=Kind)
    said_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, verbose_name=_("said by"), related_name="+")
    said_at = models.DateTimeField(_("said"), auto_now_add=True)

    class Meta:
        verbose_name = _("outcome")
        verbose_name_plural = _("outcomes")

    def __str__(self) -> str:
        return self.get_kind_display()
