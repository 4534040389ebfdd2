"""Prescription: a draft of the doctor's, then an issued and frozen document, at last perhaps revoked."""

from collections.abc import Iterable, Sequence
from datetime import date, datetime, timedelta
from hashlib import sha256
from typing import Any
from zoneinfo import ZoneInfo

from django.conf import settings
from django.db import models, transaction
from django.db.models import Q
from django.urls import reverse
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from appointments.models import Appointment
from clinic.codes import reference, uid
from clinic.crypto import EncryptedBinaryField, EncryptedDecimalField, EncryptedJSONField, EncryptedTextField
from clinic.people.models import Doctor, Patient, User
from prescriptions import pdf
from prescriptions.amounts import amount
from prescriptions.errors import (
    ControlledMedicine,
    DatePassed,
    EditedElsewhere,
    MatchNeedsReason,
    NoMedicines,
    NotADraft,
    NotIssued,
    NotReviewed,
    RecordChanged,
    TooManyTries,
    Unfinished,
)
from prescriptions.seal import seal
from prescriptions.signals import prescription_issued, prescription_revoked
from prescriptions.validators import above_zero, at_most_500, no_hidden_characters, validate_coming_day

from .events import PrescriptionEvent
from .matches import Match, as_stored, find_matches, state_of_record
from .medicine import Medicine
from .queries import PrescriptionManager, parties

VALIDITY = timedelta(days=30)  # unless the doctor says otherwise


class Prescription(models.Model):
    """Medicines for one patient from one visit. From its issue on, content and PDF never change: a trigger holds them.

    `code` opens the public verification page. `version` counts changes, for two tabs. `typed` is what stands in the
    editor of a draft and was not checked yet. `matches` and `match_reason`: what the doctor went on over, and why.
    """

    class Status(models.TextChoices):
        DRAFT = "draft", _("Draft")
        ISSUED = "issued", _("Issued")
        REVOKED = "revoked", _("Revoked")

    MOVES: dict[str, set[Status]] = {Status.DRAFT: {Status.ISSUED}, Status.ISSUED: {Status.REVOKED}}

    reference = models.CharField(_("reference"), max_length=8, unique=True, default=reference, editable=False)
    code = models.CharField(_("verification code"), max_length=16, unique=True, default=uid, editable=False)
    appointment = models.ForeignKey(
        Appointment, models.PROTECT, verbose_name=_("appointment"), related_name="prescriptions"
    )
    patient = models.ForeignKey(Patient, models.PROTECT, verbose_name=_("patient"), related_name="prescriptions")
    doctor = models.ForeignKey(Doctor, models.PROTECT, verbose_name=_("doctor"), related_name="prescriptions")
    status = models.CharField(_("status"), max_length=8, choices=Status, default=Status.DRAFT)
    diagnosis = EncryptedTextField(
        _("diagnosis"), max_length=1000, blank=True, default="", validators=[no_hidden_characters]
    )
    advice = EncryptedTextField(_("advice"), max_length=4000, blank=True, default="", validators=[no_hidden_characters])
    weight_kg = EncryptedDecimalField(
        _("weight of the patient, kg"),
        max_digits=6,
        decimal_places=3,
        null=True,
        blank=True,
        validators=[above_zero, at_most_500],
    )
    typed = EncryptedJSONField(_("not checked yet"), null=True, blank=True, editable=False)
    matches = EncryptedJSONField(_("alike names"), null=True, blank=True, editable=False)
    match_reason = EncryptedTextField(
        _("why it is prescribed all the same"),
        max_length=500,
        blank=True,
        default="",
        validators=[no_hidden_characters],
    )
    follow_up_on = models.DateField(_("follow-up"), null=True, blank=True, validators=[validate_coming_day])
    valid_until = models.DateField(_("valid until"), null=True, blank=True, validators=[validate_coming_day])
    issued_at = models.DateTimeField(_("issued"), null=True, blank=True)
    revoked_at = models.DateTimeField(_("revoked"), null=True, blank=True)
    revoke_reason = EncryptedTextField(
        _("reason"), max_length=300, blank=True, default="", validators=[no_hidden_characters]
    )
    replaces = models.OneToOneField(
        "self", models.PROTECT, verbose_name=_("replaces"), null=True, blank=True, related_name="replaced_by"
    )
    pdf = EncryptedBinaryField(_("PDF"), null=True)
    pdf_sha256 = models.CharField(_("SHA-256 of the PDF"), max_length=64, blank=True)
    version = models.PositiveIntegerField(_("version"), default=0)
    created_at = models.DateTimeField(_("created"), auto_now_add=True)
    updated_at = models.DateTimeField(_("changed"), auto_now=True)

    objects = PrescriptionManager()

    class Meta:
        ordering = ["-created_at", "-pk"]
        verbose_name = _("prescription")
        verbose_name_plural = _("prescriptions")
        constraints = [
            models.UniqueConstraint(
                fields=["appointment"], condition=~Q(status="revoked"), name="prescription_once_for_an_appointment"
            ),
            models.CheckConstraint(
                condition=Q(status="draft") | Q(issued_at__isnull=False, valid_until__isnull=False, pdf__isnull=False),
                name="prescription_issued_in_full",
            ),
        ]
        indexes = [
            models.Index(fields=["patient", "-issued_at"], name="prescription_of_patient"),
            models.Index(fields=["doctor", "status"], name="prescription_of_doctor"),
        ]

    def __str__(self) -> str:
        return self.reference

    def get_absolute_url(self) -> str:
        return reverse("prescriptions:detail", args=[self.reference])

    @property
    def spelled_code(self) -> str:
        """The code in groups of four, as people type it: "7K3M-2Q9A-…"."""
        return "-".join(self.code[start : start + 4] for start in range(0, len(self.code), 4))

    @property
    def verify_url(self) -> str:
        """The absolute address of the public verification page."""
        return settings.PUBLIC_URL + reverse("verify:code", args=[self.spelled_code])

    @property
    def sealed_url(self) -> str:
        """The same with the seal, as the QR code on paper has it."""
        return f"{self.verify_url}#{seal(self)}"

    @property
    def file_name(self) -> str:
        return f"prescription-{self.reference}.pdf"

    def local_date(self, at: datetime) -> date:
        """The day at the clinic at the instant `at`."""
        return at.astimezone(ZoneInfo(self.appointment.clinic.zone)).date()

    def is_valid(self, at: datetime) -> bool:
        """Whether a pharmacist may still dispense it: issued, not revoked, not too old."""
        is_recent = self.valid_until is not None and self.valid_until >= self.local_date(at)
        return self.status == self.Status.ISSUED and is_recent

    @property
    def weight(self) -> str:
        """The patient's, "12.5 kg"; empty where it was not said."""
        return amount(self.weight_kg, gettext("kg")) if self.weight_kg else ""

    def record_now(self) -> str:
        """How the patient's allergies and medicines stand, for issue() to compare."""
        return state_of_record(self.patient)

    def matches_now(self) -> list[Match]:
        """Names on it that are also names on the patient's record of today."""
        return find_matches(self.medicines.all(), self.patient)

    @transaction.atomic
    def keep_typed(self, typed: dict[str, str], *, version: int | None, page: str = "") -> None:
        """Keep what stands in the editor, right or not, so that it is there when the doctor comes back.

        Raises NotADraft or EditedElsewhere.
        """
        self._lock_draft(version, page=page)
        self.typed = {**typed, "page": page}
        self.version += 1
        self.save(update_fields=["typed", "version", "updated_at"])

    @transaction.atomic
    def rewrite(
        self, *, medicines: Sequence[Medicine], version: int | None = None, page: str = "", **content: Any
    ) -> None:
        """Replace the draft's content: diagnosis, advice, weight_kg, follow_up_on, valid_until, all medicines in order.

        Safe to run again: a draft that reads so already stays as it is. Raises NotADraft, ControlledMedicine, or
        EditedElsewhere if the draft is not the `version` that was edited.
        """
        self._lock_draft(None)
        if self._reads(medicines, content):
            return
        self._refuse_other_window(version, page)
        self._refuse_controlled(medicines)
        for name, value in content.items():
            setattr(self, name, value)
        self.typed = None
        self.version += 1
        self.save(update_fields=[*content, "typed", "version", "updated_at"])
        self.medicines.all().delete()
        for position, medicine in enumerate(medicines, start=1):
            medicine.pk, medicine.prescription, medicine.position = None, self, position
        Medicine.objects.bulk_create(medicines)

    @transaction.atomic
    def issue(
        self,
        *,
        by: User,
        at: datetime,
        reviewed: bool,
        match_reason: str = "",
        version: int | None = None,
        record_seen: str | None = None,
    ) -> None:
        """DRAFT -> ISSUED. Makes the PDF; nothing but a revocation can change the row from now on.

        `reviewed`: the doctor confirms to have gone through the patient's allergies and medicines, which were as
        `record_seen` tells; `match_reason` says why names that match do not stop it. Raises NotADraft, EditedElsewhere,
        NotReviewed, RecordChanged, MatchNeedsReason, ControlledMedicine, AppointmentNotConfirmed, NoMedicines,
        Unfinished, DatePassed or CannotBePrinted.
        """
        self._lock_draft(version)
        self._refuse_unready(at)
        self._review(reviewed=reviewed, record_seen=record_seen, match_reason=match_reason)
        self.issued_at = at
        self.valid_until = self.valid_until or self.local_date(at) + VALIDITY
        self.pdf = pdf.render(self)
        self.pdf_sha256 = sha256(self.pdf).hexdigest()
        content = ["issued_at", "valid_until", "matches", "match_reason", "pdf", "pdf_sha256"]
        event = self._move_to(self.Status.ISSUED, by=by, at=at, saving=content)
        prescription_issued.send(sender=Prescription, event=event)

    @transaction.atomic
    def revoke(self, *, by: User, at: datetime, reason: str) -> None:
        """ISSUED -> REVOKED. The patient reads `reason`. Safe to run again with the same one. Raises NotIssued."""
        self._lock()
        if self._was_revoked_for(reason):
            return
        self._check_move(self.Status.REVOKED)
        self.revoked_at, self.revoke_reason = at, reason
        event = self._move_to(self.Status.REVOKED, by=by, at=at, saving=["revoked_at", "revoke_reason"])
        prescription_revoked.send(sender=Prescription, event=event)

    @transaction.atomic
    def replace(self, *, by: User, at: datetime, reason: str) -> "Prescription":
        """Revoke, and give a new draft with the same content that names this one.

        Run again with the same reason, it gives that draft. Raises NotIssued.
        """
        self._lock()
        begun = Prescription.objects.filter(replaces=self).first()
        if begun is not None and self._was_revoked_for(reason):
            return begun
        self._check_move(self.Status.REVOKED)
        self.revoke(by=by, at=at, reason=reason)
        draft = Prescription.objects.create(
            appointment=self.appointment,
            patient=self.patient,
            doctor=self.doctor,
            diagnosis=self.diagnosis,
            advice=self.advice,
            weight_kg=self.weight_kg,
            replaces=self,
        )
        draft.rewrite(medicines=list(self.medicines.all()))
        return draft

    @transaction.atomic
    def confirms(self, birth_date: date, *, at: datetime) -> bool:
        """Whether this is the patient's date of birth, which opens the medicines to a pharmacist.

        Raises NotIssued for what is revoked, and TooManyTries after five wrong dates within a day.
        """
        self._lock()
        self._check_move(self.Status.REVOKED)
        if self.wrong_tries.are_used_up(at):
            raise TooManyTries
        if birth_date == self.patient.birth_date:
            return True
        self.wrong_tries.create(at=at)
        return False

    def _lock(self) -> None:
        """Hold the row until the transaction ends, with its current values."""
        self.refresh_from_db(from_queryset=Prescription.objects.select_for_update())

    def _lock_draft(self, version: int | None, *, page: str = "") -> None:
        """Hold the draft, if it is the `version` that was edited, or was saved since then by the same open `page`."""
        self._lock()
        self._check_move(self.Status.ISSUED)
        self._refuse_other_window(version, page)

    def _refuse_other_window(self, version: int | None, page: str) -> None:
        is_own_save = bool(page) and self.typed is not None and self.typed["page"] == page
        if version is not None and version != self.version and not is_own_save:
            raise EditedElsewhere

    def _reads(self, medicines: Iterable[Medicine], content: dict[str, Any]) -> bool:
        """Whether the draft says just this, and nothing that was not checked yet."""
        same_words = all(getattr(self, name) == value for name, value in content.items())
        same_rows = [row.content for row in self.medicines.all()] == [row.content for row in medicines]
        return self.typed is None and same_words and same_rows

    def _check_move(self, status: str) -> None:
        if status not in self.MOVES.get(self.status, ()):
            raise NotADraft if status == self.Status.ISSUED else NotIssued

    def _was_revoked_for(self, reason: str) -> bool:
        return self.status == self.Status.REVOKED and self.revoke_reason == reason

    def _refuse_unready(self, at: datetime) -> None:
        parties(self.appointment)
        if self.typed is not None:
            raise Unfinished
        medicines = self.medicines.all()
        if not medicines:
            raise NoMedicines
        self._refuse_controlled(medicines)
        today = self.local_date(at)
        if any(day is not None and day < today for day in (self.follow_up_on, self.valid_until)):
            raise DatePassed

    def _refuse_controlled(self, medicines: Iterable[Medicine]) -> None:
        if self.appointment.clinic.controlled_medicines:
            return
        if controlled := [medicine.name for medicine in medicines if medicine.is_controlled]:
            raise ControlledMedicine(", ".join(controlled))

    def _review(self, *, reviewed: bool, record_seen: str | None, match_reason: str) -> None:
        if not reviewed:
            raise NotReviewed
        if record_seen not in {None, self.record_now()}:
            raise RecordChanged
        matches = self.matches_now()
        if matches and not match_reason.strip():
            raise MatchNeedsReason
        self.matches, self.match_reason = as_stored(matches), match_reason.strip() if matches else ""

    def _move_to(self, status: str, *, by: User, at: datetime, saving: list[str]) -> PrescriptionEvent:
        """Save the row and write the event, which is the outbox."""
        before, self.status = self.status, status
        self.version += 1
        self.save(update_fields=["status", "version", "updated_at", *saving])
        return PrescriptionEvent.objects.create(
            prescription=self, kind=status, before=before, after=status, actor=by, at=at
        )
