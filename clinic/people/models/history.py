"""What is known of a patient's health: allergies, conditions, medicines they take. Texts are encrypted."""

from datetime import datetime

from django.db import models, transaction
from django.utils import timezone
from django.utils.text import capfirst
from django.utils.translation import gettext_lazy as _

from clinic.codes import uid
from clinic.crypto import EncryptedTextField

from .doctors import Doctor
from .patients import Patient
from .users import User


class HistoryQuerySet(models.QuerySet["HistoryEntry"]):
    def current(self) -> "HistoryQuerySet":
        """Not struck out: what holds today."""
        return self.filter(ended_at__isnull=True)

    def with_names(self) -> "HistoryQuerySet":
        """With who entered them, and the doctors who confirmed them."""
        return self.select_related("entered_by", "confirmed_by__user")

    @transaction.atomic
    def enter(
        self, patient: Patient, *, by: User, at: datetime, doctor: Doctor | None = None, **words: str
    ) -> "HistoryEntry":
        """Add a line to the patient's history; what a doctor enters counts as confirmed.

        A form that was sent twice adds one line: what `by` has entered in the same words stands.
        """
        Patient.objects.select_for_update(no_key=True).get(pk=patient.pk)  # the second of two at once waits
        entry = self.model(patient=patient, entered_by=by, entered_at=at, source=self.model.Source.PATIENT, **words)
        if doctor is not None:
            entry.source, entry.confirmed_by, entry.confirmed_at = entry.Source.DOCTOR, doctor, at
        for line in self.current().filter(patient=patient, entered_by=by, source=entry.source):
            if (line.name, line.detail) == (entry.name, entry.detail):
                return line
        entry.save()
        return entry


class HistoryEntry(models.Model):
    """One line of history. Who entered it and which doctor confirmed it stays visible."""

    class Source(models.TextChoices):
        PATIENT = "patient", _("Patient")
        DOCTOR = "doctor", _("Doctor")

    uid = models.CharField(max_length=16, unique=True, default=uid, editable=False)
    patient = models.ForeignKey(Patient, models.CASCADE, verbose_name=_("patient"), related_name="%(class)s_set")
    name = EncryptedTextField(_("name"))
    detail = EncryptedTextField(_("detail"), blank=True, default="")
    source = models.CharField(_("source"), max_length=7, choices=Source)
    entered_by = models.ForeignKey(User, models.PROTECT, verbose_name=_("entered by"), related_name="+")
    entered_at = models.DateTimeField(_("entered"), default=timezone.now)
    confirmed_by = models.ForeignKey(
        Doctor, models.PROTECT, verbose_name=_("confirmed by"), null=True, blank=True, related_name="+"
    )
    confirmed_at = models.DateTimeField(_("confirmed"), null=True, blank=True)
    ended_at = models.DateTimeField(_("no longer holds since"), null=True, blank=True)

    objects = HistoryQuerySet.as_manager()

    class Meta:
        abstract = True
        ordering = ["entered_at", "pk"]

    def __str__(self) -> str:
        return f"{self._meta.verbose_name} {self.uid}"

    @property
    def entry_name(self) -> str:
        """What kind of entry it is, to begin a line: "Allergy"."""
        return capfirst(str(self._meta.verbose_name))

    def confirm(self, *, by: Doctor, at: datetime) -> None:
        """A doctor has checked it with the patient. Safe to run again, and at once: the first confirmation stands."""
        unconfirmed = type(self).objects.current().filter(pk=self.pk, confirmed_by__isnull=True)
        unconfirmed.update(confirmed_by=by, confirmed_at=at)
        self.refresh_from_db(fields=["confirmed_by", "confirmed_at"])

    def end(self, *, at: datetime) -> None:
        """Strike the entry out; it stays on record. Safe to run again, and at once: it ended when it first did."""
        type(self).objects.current().filter(pk=self.pk).update(ended_at=at)
        self.refresh_from_db(fields=["ended_at"])


class Allergy(HistoryEntry):
    """`name` is the substance, `detail` the reaction."""

    class Meta(HistoryEntry.Meta):
        verbose_name = _("allergy")
        verbose_name_plural = _("allergies")


class Condition(HistoryEntry):
    """`name` is the illness, `detail` since when and how it goes."""

    class Meta(HistoryEntry.Meta):
        verbose_name = _("condition")
        verbose_name_plural = _("conditions")


class Medication(HistoryEntry):
    """A medicine that the patient takes now: `name` with strength, `detail` how it is taken."""

    class Meta(HistoryEntry.Meta):
        verbose_name = _("medicine")
        verbose_name_plural = _("medicines")
