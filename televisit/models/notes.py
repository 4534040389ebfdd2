"""Note: what the doctor writes about a visit."""

from datetime import datetime
from typing import TYPE_CHECKING

from django.db import models, transaction
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from clinic.codes import uid
from clinic.crypto import EncryptedTextField
from clinic.people.models import Doctor
from televisit.errors import NoteChangedElsewhere, NoteIsEmpty, NoteIsSigned

if TYPE_CHECKING:
    from .visit import Visit


class NoteQuerySet(models.QuerySet["Note"]):
    def unsigned(self) -> "NoteQuerySet":
        """Drafts: what their doctors have yet to finish."""
        return self.filter(signed_at__isnull=True)

    def of(self, visit: "Visit", author: Doctor) -> "Note":
        """The note that `author` has on `visit`; an empty draft at first."""
        note, _is_new = self.get_or_create(visit=visit, author=author, addendum_to=None)
        return note


class Note(models.Model):
    """The consultation note: a draft that its author edits, frozen once signed. An addendum is a note on a note.

    `version` counts the saves, so that a second window cannot overwrite what the first one wrote.
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
            )
        ]

    def __str__(self) -> str:
        return f"{self.visit_id}: {self.uid}"

    @property
    def is_signed(self) -> bool:
        return self.signed_at is not None

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
        """Freeze the note. Signing again changes nothing. Raises NoteIsEmpty."""
        self._lock()
        if self.is_signed:
            return
        if not self.text.strip():
            raise NoteIsEmpty
        self.signed_at = at
        self.save(update_fields=["signed_at", "updated_at"])

    def _lock(self) -> None:
        self.refresh_from_db(from_queryset=Note.objects.select_for_update(of=("self",)))
