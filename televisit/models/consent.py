"""Consent: somebody's agreement to be treated over video."""

from datetime import datetime
from typing import TYPE_CHECKING

from django.conf import settings
from django.db import models, transaction
from django.utils.translation import gettext_lazy as _

from clinic.people.models import Patient
from televisit.errors import ConsentMissing

from .choices import PATIENT_SIDE
from .events import VisitEvent

if TYPE_CHECKING:
    from .participants import Participant

CONSENT_VERSION = "2026-11"  # of the text in templates/televisit/_consent.html; a new text gets a new one, and is asked


def is_asked(role: str) -> bool:
    """Whether who comes as this is asked for consent, and where they are: the patient's side."""
    return role in PATIENT_SIDE


def refuse_unless_agreed(role: str, *, agrees: bool) -> None:
    """Raise ConsentMissing if who comes as this is asked, and does not agree."""
    if is_asked(role) and not agrees:
        raise ConsentMissing


class ConsentQuerySet(models.QuerySet["Consent"]):
    def is_given(self, patient: Patient | None, *, by: models.Model | None) -> bool:
        """Whether `by` has agreed for `patient` to the text as it is now."""
        return by is not None and self.filter(patient=patient, given_by=by, version=CONSENT_VERSION).exists()

    def is_given_by(self, seat: "Participant") -> bool:
        """Whether the holder of `seat` has agreed, in this visit or before one; who has no account does it anew."""
        of_seat = self.filter(seat=seat, version=CONSENT_VERSION)
        return self.is_given(seat.visit.appointment.patient, by=seat.user) or of_seat.exists()

    def settle(self, seat: "Participant", *, agrees: bool, at: datetime) -> None:
        """Keep that the holder of `seat` agrees, if they do now. Raises ConsentMissing where it is due."""
        if is_asked(seat.role) and not self.is_given_by(seat):
            refuse_unless_agreed(seat.role, agrees=agrees)
            self.give(seat, at=at)

    @transaction.atomic
    def give(self, seat: "Participant", *, at: datetime) -> None:
        """Keep that the holder of `seat` agrees, for the visit's patient. Agreeing again changes nothing."""
        if self.is_given_by(seat):
            return
        patient = seat.visit.appointment.patient
        self.create(patient=patient, given_by=seat.user, seat=seat, version=CONSENT_VERSION, at=at)
        seat.visit.record(VisitEvent.Kind.CONSENT, at=at, participant=seat, by=seat.user, note=CONSENT_VERSION)


class Consent(models.Model):
    """By whom, for whom, to which version of the text. Without a user it was a patient who came by a link."""

    patient = models.ForeignKey(
        Patient, models.PROTECT, verbose_name=_("for"), null=True, blank=True, related_name="consents"
    )
    given_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, verbose_name=_("by"), null=True, blank=True, related_name="consents"
    )
    seat = models.ForeignKey("televisit.Participant", models.PROTECT, verbose_name=_("seat"), related_name="consents")
    version = models.CharField(_("version of the text"), max_length=20)
    at = models.DateTimeField(_("at"))

    objects = ConsentQuerySet.as_manager()

    class Meta:
        ordering = ["at"]
        verbose_name = _("consent")
        verbose_name_plural = _("consents")
        constraints = [
            models.UniqueConstraint(fields=["patient", "given_by", "version"], name="consent_once_for_each_version")
        ]

    def __str__(self) -> str:
        return f"{self.version}: {self.patient_id}"
