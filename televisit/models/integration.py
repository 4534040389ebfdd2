"""Integration: what a clinic has agreed with a video service, and the keys to it."""

from datetime import datetime
from typing import Any

from django.db import models
from django.utils.translation import gettext_lazy as _

from clinic.codes import uid
from clinic.crypto import EncryptedJSONField
from clinic.people.models import Clinic
from televisit.errors import NotTested


class IntegrationQuerySet(models.QuerySet["Integration"]):
    def in_turn(self, clinic: Clinic) -> "IntegrationQuerySet":
        """Those that hold the clinic's visits, the first choice first."""
        return self.filter(clinic=clinic, is_active=True).order_by("order", "pk")

    def to_reconcile(self) -> "IntegrationQuerySet":
        """Those that may have rooms: in use, or with rooms that they have not closed yet."""
        at_work = models.Q(is_active=True) | models.Q(rooms__isnull=False, rooms__gone_at__isnull=True)
        return self.filter(at_work).distinct().select_related("clinic")


class Integration(models.Model):
    """A video service that a clinic uses. Credentials go in by the admin's form and are shown nowhere.

    Of a clinic's active integrations the one with the lowest order holds its visits; the others take over in turn.
    """

    uid = models.CharField(max_length=16, unique=True, default=uid, editable=False)
    clinic = models.ForeignKey(Clinic, models.PROTECT, verbose_name=_("clinic"), related_name="integrations")
    provider = models.CharField(_("video service"), max_length=20)
    credentials = EncryptedJSONField(_("credentials"), default=dict, editable=False)
    region = models.CharField(_("region"), max_length=40, blank=True)
    address = models.CharField(_("address"), max_length=200, blank=True)
    options = models.JSONField(_("options"), default=dict, editable=False)
    order = models.PositiveSmallIntegerField(
        _("order"), default=1, help_text=_("The service with the lowest number is asked first.")
    )
    is_active = models.BooleanField(_("in use"), default=False)
    tested_at = models.DateTimeField(_("last test"), null=True, blank=True, editable=False)
    problem = models.CharField(_("what was wrong"), max_length=300, blank=True, editable=False)
    created_at = models.DateTimeField(_("created"), auto_now_add=True)
    updated_at = models.DateTimeField(_("changed"), auto_now=True)

    objects = IntegrationQuerySet.as_manager()

    class Meta:
        ordering = ["clinic", "order", "pk"]
        verbose_name = _("video service")
        verbose_name_plural = _("video services")

    def __str__(self) -> str:
        return f"{self.provider} {self.uid}"

    def keep_credentials(self, credentials: dict[str, str], **facts: Any) -> None:
        """Use these from now on, with `facts` (region, address); what the last test said is about the old ones."""
        self.credentials, self.tested_at, self.problem = credentials, None, ""
        for name, value in facts.items():
            setattr(self, name, value)
        self.save()

    def note_test(self, problem: str, *, at: datetime) -> None:
        """What a test at `at` found; no problem: the empty text."""
        self.tested_at, self.problem = at, problem[:300]
        self.save(update_fields=["tested_at", "problem", "updated_at"])

    def switch(self, *, on: bool) -> None:
        """Take the service into use, or out of it: rooms that it has go on. Raises NotTested."""
        if on and (self.tested_at is None or self.problem):
            raise NotTested
        self.is_active = on
        self.save(update_fields=["is_active", "updated_at"])
