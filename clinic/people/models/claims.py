"""Claim: how a patient whom staff entered takes over the own record, with an account that they make later."""

from datetime import date, datetime, timedelta

from django.db import models, transaction
from django.db.models import F, ProtectedError
from django.utils.crypto import salted_hmac
from django.utils.translation import gettext_lazy as _

from clinic.codes import normalise_code, random_code
from clinic.people.errors import HasOwnRecord, RecordAlreadyClaimed

from .patients import Patient
from .users import User

CODE_LENGTH = 10  # 50 bits, and five tries: short enough to be read out
VALID_FOR = timedelta(days=14)
TRIES = 5


def digest(code: str) -> str:
    """What is stored of a code: nobody reads codes from the database."""
    return salted_hmac("clinic.people.claim", normalise_code(code), algorithm="sha256").hexdigest()


class ClaimQuerySet(models.QuerySet["Claim"]):
    @transaction.atomic
    def offer(self, patient: Patient, *, by: User, at: datetime) -> str:
        """A new code for the record of `patient`, told this once; codes before it open nothing any more.

        Raises RecordAlreadyClaimed if the patient has an account.
        """
        if patient.user_id is not None:
            raise RecordAlreadyClaimed
        code = random_code(CODE_LENGTH)
        self.filter(patient=patient, used_at__isnull=True).delete()
        self.create(patient=patient, code_digest=digest(code), made_by=by, expires_at=at + VALID_FOR)
        return code

    def of_code(self, code: str, *, at: datetime) -> "Claim | None":
        """The claim that `code`, as somebody typed it, opens at the instant `at`; None if it opens nothing."""
        usable = self.filter(used_at__isnull=True, expires_at__gt=at, tries__lt=TRIES, patient__user__isnull=True)
        return usable.select_related("patient").filter(code_digest=digest(code)).first()


class Claim(models.Model):
    """The right to take over a record, for who has its code and knows the date of birth. Holds for two weeks."""

    patient = models.ForeignKey(Patient, models.CASCADE, verbose_name=_("patient"), related_name="claims")
    code_digest = models.CharField(max_length=64, unique=True, editable=False)
    made_by = models.ForeignKey(User, models.PROTECT, verbose_name=_("made by"), related_name="+")
    expires_at = models.DateTimeField(_("expires"))
    tries = models.PositiveSmallIntegerField(_("wrong tries"), default=0)
    used_at = models.DateTimeField(_("used"), null=True, blank=True)

    objects = ClaimQuerySet.as_manager()

    class Meta:
        ordering = ["-expires_at"]
        verbose_name = _("claim of a record")
        verbose_name_plural = _("claims of records")

    def __str__(self) -> str:
        return f"{self.patient_id}"

    def is_of(self, birth_date: date) -> bool:
        """Whether the patient was born on that day. A wrong day is counted: after five the code opens nothing."""
        row = type(self).objects.filter(pk=self.pk)
        if not row.filter(tries__lt=TRIES).update(tries=F("tries") + 1):  # first: many at once are many tries
            return False
        if birth_date != self.patient.birth_date:
            return False
        row.update(tries=F("tries") - 1)
        return True

    @transaction.atomic
    def use(self, *, by: User, at: datetime) -> Patient:
        """The record is the account's own from now on; an empty one that came with the account makes way for it.

        Raises RecordAlreadyClaimed, or HasOwnRecord where the account's own record has something in it.
        """
        patient = Patient.objects.select_for_update().get(pk=self.patient_id)
        if patient.user_id is not None:
            raise RecordAlreadyClaimed
        drop_empty_record(by)
        patient.user = by
        patient.save(update_fields=["user"])
        self.used_at = at
        self.save(update_fields=["used_at"])
        return patient


def drop_empty_record(user: User) -> None:
    """Delete the user's own patient's profile, if any. Raises HasOwnRecord if anything hangs on it."""
    own = Patient.objects.filter(user=user).first()
    if own is None:
        return
    kept = (own.allergy_set, own.condition_set, own.medication_set, own.representations)
    try:
        if any(rows.exists() for rows in kept):
            raise HasOwnRecord
        own.delete()
    except ProtectedError as in_use:
        raise HasOwnRecord from in_use
