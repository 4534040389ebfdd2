"""Outcome: how an appointment ended for the patient."""

from django.conf import settings
from django.db import models
from django.utils.translation import gettext_lazy as _

from appointments.errors import NotHeld
from clinic.people.models import User

from .appointment import Appointment
from .choices import Status


class OutcomeQuerySet(models.QuerySet["Outcome"]):
    def say(self, appointment: Appointment, kind: str, *, by: User) -> "Outcome":
        """What came of the appointment; said again, it is corrected. Raises NotHeld for one that did not take place."""
        if appointment.status not in {Status.IN_PROGRESS, Status.COMPLETED}:
            raise NotHeld
        outcome, _is_new = self.update_or_create(appointment=appointment, defaults={"kind": kind, "said_by": by})
        return outcome


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

    objects = OutcomeQuerySet.as_manager()

    class Meta:
        verbose_name = _("outcome")
        verbose_name_plural = _("outcomes")

    def __str__(self) -> str:
        return self.get_kind_display()
