"""Advice: what the doctor tells the patient to do after the visit."""

from typing import TYPE_CHECKING, Any

from django.conf import settings
from django.db import models, transaction
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from clinic.crypto import EncryptedTextField
from clinic.people.models import User
from televisit.errors import AdviceChangedElsewhere

from .events import VisitEvent

if TYPE_CHECKING:
    from .visit import Visit


class AdviceQuerySet(models.QuerySet["Advice"]):
    @transaction.atomic
    def write(self, visit: "Visit", *, by: User, version: int, **content: Any) -> "Advice":
        """The visit's advice with `content`: text, seek_help, follow_up_on. The patient is told of the first.

        Raises AdviceChangedElsewhere if `version` is not the last one; then nothing has changed.
        """
        advice, is_new = self.select_for_update().get_or_create(visit=visit, defaults={"written_by": by})
        if version != advice.version:
            raise AdviceChangedElsewhere
        if is_new:
            visit.record(VisitEvent.Kind.SUMMARY, by=by, at=timezone.now())
        for name, value in {**content, "written_by": by, "version": version + 1}.items():
            setattr(advice, name, value)
        advice.save()
        return advice


class Advice(models.Model):
    """What the patient reads after the visit. One for each visit; the doctor may mend it later.

    `seek_help` says which signs mean that the patient must not wait. `version` counts the saves, for two tabs.
    """

    visit = models.OneToOneField("televisit.Visit", models.PROTECT, verbose_name=_("visit"), related_name="advice")
    text = EncryptedTextField(_("advice"), blank=True, default="")
    seek_help = EncryptedTextField(_("when to seek help"), blank=True, default="")
    follow_up_on = models.DateField(_("follow-up"), null=True, blank=True)
    version = models.PositiveIntegerField(_("version"), default=0)
    written_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, verbose_name=_("written by"), related_name="+"
    )
    updated_at = models.DateTimeField(_("changed"), auto_now=True)

    objects = AdviceQuerySet.as_manager()

    class Meta:
        verbose_name = _("advice")
        verbose_name_plural = _("advice")

    def __str__(self) -> str:
        return f"{self.visit_id}: advice"
