"""Note: what the doctor writes about a visit."""

from datetime import datetime
from typing import TYPE_CHECKING, Any

from django.db import models, transaction
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from clinic.codes import uid
from clinic.crypto import EncryptedTextField
from clinic.people.models import Doctor
from televisit.errors import NoteChangedElsewhere, NoteIsEmpty, NoteIsSigned, NoteIsUnsigned, PatientNotNamed

from .choices import PATIENT_SIDE, Role

if TYPE_CHECKING:
    from .visit import Visit


class NoteQuerySet(models.QuerySet["Note"]):
    def unsigned(self) -> "NoteQuerySet":
        """Drafts: what their doctors have yet to finish."""
        return self.filter(signed_at__isnull=True)

    def signed(self) -> "NoteQuerySet":
        return self.filter(signed_at__isnull=False)

    def shared(self) -> "NoteQuerySet":
        """What the patient may read."""
        return self.signed().filter(shared_at__isnull=False)

    def for_role(self, visit: "Visit", role: str) -> "NoteQuerySet":
        """What who comes to `visit` as `role` may read: its doctor all that is signed, and their own drafts."""
        notes = self.filter(visit=visit)
        if role == Role.DOCTOR:
            return notes.filter(Q(signed_at__isnull=False) | Q(author=visit.host))
        return notes.shared() if role in PATIENT_SIDE else notes.none()

    def of(self, visit: "Visit", author: Doctor) -> "Note":
        """The note that `author` has on `visit`; an empty draft at first."""
        note, _is_new = self.get_or_create(visit=visit, author=author, addendum_to=None)
        return note

    def addendum(self, note: "Note") -> "Note":
        """The addendum that is being written to `note`; an empty draft at first."""
        facts: dict[str, Any] = {"visit": note.visit, "author": note.author, "addendum_to": note}
        draft, _is_new = self.unsigned().get_or_create(**facts)
        return draft

    @transaction.atomic
    def write(
        self,
        visit: "Visit",
        author: Doctor,
        text: str,
        *,
        version: int,
        to: "Note | None" = None,
        sign_at: datetime | None = None,
    ) -> "Note":
        """The author's note, or their addendum `to` one, with `text` in it; signed if `sign_at` says when.

        Raises PatientNotNamed, and what Note.write, Note.sign and Note.refuse_unsigned raise; then nothing is begun and
        nothing changed.
        """
        if visit.appointment.patient is None:
            raise PatientNotNamed
        if to is not None:
            to.refuse_unsigned()
        draft = self.of(visit, author) if to is None else self.addendum(to)
        draft.write(text, version=version)
        if sign_at is not None:
            draft.sign(at=sign_at)
        return draft


class Note(models.Model):
    """The consultation note: a draft that its author edits, frozen once signed. An addendum is a note on a note.

    `version` counts the saves, so that a second window cannot overwrite what the first one wrote. What is signed
    can be shared with the patient; addenda go with their note.
    """

    uid = models.CharField(max_length=16, unique=True, default=uid, editable=False)
    visit = models.ForeignKey("televisit.Visit", models.PROTECT, verbose_name=_("visit"), related_name="notes")
    author = models.ForeignKey(Doctor, models.PROTECT, verbose_name=_("author"), related_name="notes")
    addendum_to = models.ForeignKey(
        "self", models.PROTECT, verbose_name=_("addendum to"), null=True, blank=True, related_name="addenda"
    )
    text = EncryptedTextField(_("text"), blank=True, default="")
    version = models.PositiveIntegerField(_("version"), default=0)
    shared_at = models.DateTimeField(_("shared with the patient"), null=True, blank=True)
    signed_at = models.DateTimeField(_("signed"), null=True, blank=True)
    created_at = models.DateTimeField(_("created"), auto_now_add=True)
    updated_at = models.DateTimeField(_("changed"), auto_now=True)

    objects = NoteQuerySet.as_manager()

    class Meta:
        ordering = ["created_at", "pk"]
        verbose_name = _("note")
        verbose_name_plural = _("notes")
        constraints = [
            models.UniqueConstraint(
                fields=["visit", "author"],
                condition=Q(addendum_to__isnull=True),
                name="note_one_for_each_author",
            ),
            models.UniqueConstraint(
                fields=["addendum_to"],
                condition=Q(signed_at__isnull=True),
                name="note_one_addendum_at_a_time",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.visit_id}: {self.uid}"

    @property
    def is_signed(self) -> bool:
        return self.signed_at is not None

    @property
    def is_shared(self) -> bool:
        return self.shared_at is not None

    def refuse_unsigned(self) -> None:
        """Raise NoteIsUnsigned for a draft."""
        if not self.is_signed:
            raise NoteIsUnsigned

    @transaction.atomic
    def write(self, text: str, *, version: int) -> None:
        """Replace the draft's text. Raises NoteIsSigned, or NoteChangedElsewhere if `version` is not the last one."""
        self._lock()
        if self.is_signed:
            raise NoteIsSigned
        if version != self.version:
            raise NoteChangedElsewhere
        self.text = text
        self.version += 1
        self.save(update_fields=["text", "version", "updated_at"])

    @transaction.atomic
    def sign(self, *, at: datetime) -> None:
        """Freeze the note. Signing again changes nothing. Who reads the note reads its addendum. Raises NoteIsEmpty."""
        self._lock()
        if self.is_signed:
            return
        if not self.text.strip():
            raise NoteIsEmpty
        self.signed_at = at
        if self.addendum_to is not None and self.addendum_to.is_shared:
            self.shared_at = at
        self.save(update_fields=["signed_at", "shared_at", "updated_at"])

    @transaction.atomic
    def share(self, *, at: datetime) -> None:
        """Let the patient read the note and its addenda. Sharing again changes nothing. Raises NoteIsUnsigned."""
        self.refuse_unsigned()
        self._lock()
        if not self.is_shared:
            self._set_shared(at)

    @transaction.atomic
    def keep_private(self) -> None:
        """Take the note back from the patient's pages, with its addenda. Raises NoteIsUnsigned."""
        self.refuse_unsigned()
        self._lock()
        self._set_shared(None)

    def _set_shared(self, at: datetime | None) -> None:
        self.shared_at = at
        self.save(update_fields=["shared_at", "updated_at"])
        self.addenda.signed().update(shared_at=at)

    def _lock(self) -> None:
        self.refresh_from_db(from_queryset=Note.objects.select_for_update(of=("self",)))
