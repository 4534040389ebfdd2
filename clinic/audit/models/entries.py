"""Who read or changed what. Plain appends: a trigger of the database refuses updates, and deletions of what is kept."""

from typing import Any

from allauth.account.adapter import get_adapter
from django.conf import settings
from django.core.exceptions import ImproperlyConfigured, PermissionDenied
from django.db import models
from django.http import HttpRequest
from django.utils.translation import gettext_lazy as _


def address_of(request: HttpRequest) -> str | None:
    """Where a request came from, behind as many of our own proxies as the settings say; None if nobody knows."""
    try:
        return get_adapter().get_client_ip(request)
    except (PermissionDenied, ImproperlyConfigured):
        return None


class AuditEntryQuerySet(models.QuerySet["AuditEntry"]):
    def record(
        self, action: str, subject: models.Model, *, by: Any, request: HttpRequest | None = None, **facts: Any
    ) -> "AuditEntry":
        """Append one line, as line() takes it. The request gives the address only."""
        line = self.line(action, subject, by=by, address=address_of(request) if request else None, **facts)
        line.save(force_insert=True)
        return line

    def line(self, action: str, subject: models.Model, *, by: Any, **facts: Any) -> "AuditEntry":
        """A line to append, alone or with others at once: `by` did `action` to `subject`.

        `facts` may hold `patient` (whose record it is), `for_whom` and `address`.
        """
        return self.model(
            action=action,
            subject_type=subject._meta.label,
            subject_id=str(getattr(subject, "uid", None) or getattr(subject, "reference", None) or subject.pk),
            actor=by if getattr(by, "is_authenticated", False) else None,
            **facts,
        )

    def record_between(
        self, action: str, subject: models.Model, *, by: Any, request: Any, patient: Any, doctor: Any
    ) -> "AuditEntry":
        """Append one line about what is between `patient` and `doctor`, either of which may be None.

        Who is neither of them acts for the patient.
        """
        parties = {person.user_id for person in (patient, doctor) if person is not None}
        acts_for = None if by.pk in parties else patient
        return self.record(action, subject, by=by, request=request, patient=patient, for_whom=acts_for)


class AuditEntry(models.Model):
    """One line: who (and for whom) did what to which object of which patient, when, from where. No clinical text."""

    class Action(models.TextChoices):
        READ = "read", _("Read")
        CREATED = "created", _("Created")
        CHANGED = "changed", _("Changed")
        DOWNLOADED = "downloaded", _("Downloaded")
        EXPORTED = "exported", _("Exported")

    at = models.DateTimeField(_("at"), auto_now_add=True, db_index=True)
    actor = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, verbose_name=_("who"), null=True, related_name="+"
    )
    for_whom = models.ForeignKey(
        "people.Patient", models.PROTECT, verbose_name=_("for whom"), null=True, related_name="+"
    )
    patient = models.ForeignKey(
        "people.Patient", models.PROTECT, verbose_name=_("whose record"), null=True, related_name="audit_entries"
    )
    action = models.CharField(_("did"), max_length=10, choices=Action)
    subject_type = models.CharField(_("what"), max_length=60)
    subject_id = models.CharField(_("which"), max_length=40)
    address = models.GenericIPAddressField(_("from"), null=True)

    objects = AuditEntryQuerySet.as_manager()

    class Meta:
        ordering = ["-at", "-pk"]
        verbose_name = _("audit entry")
        verbose_name_plural = _("audit entries")

    def __str__(self) -> str:
        return f"{self.at:%Y-%m-%d %H:%M} {self.action} {self.subject_type} {self.subject_id}"
