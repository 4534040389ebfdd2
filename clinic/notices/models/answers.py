"""Answer: what somebody answered from a message, once."""

from django.conf import settings
from django.db import models
from django.utils.translation import gettext_lazy as _

from clinic.notices.choices import Action

from .notices import Notice


class Answer(models.Model):
    """One answer to one notice; there is no second one."""

    notice = models.OneToOneField(Notice, models.CASCADE, verbose_name=_("notice"), related_name="answer")
    action = models.CharField(_("answer"), max_length=10, choices=Action)
    user = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, verbose_name=_("who"), related_name="+")
    at = models.DateTimeField(_("at"))

    class Meta:
        verbose_name = _("answer")
        verbose_name_plural = _("answers")

    def __str__(self) -> str:
        return f"{self.notice_id}: {self.get_action_display()}"
