"""Invitation: a link that lets a guest come to the door of one visit."""

from django.conf import settings
from django.db import models
from django.utils.translation import gettext_lazy as _

from clinic.codes import uid
from clinic.crypto import EncryptedTextField

from .choices import Role


class Invitation(models.Model):
    """Asks one person to one visit. The link itself is not stored, only its hash; a revoked one opens nothing."""

    uid = models.CharField(max_length=16, unique=True, default=uid, editable=False)
    visit = models.ForeignKey("televisit.Visit", models.CASCADE, verbose_name=_("visit"), related_name="invitations")
    role = models.CharField(_("comes as"), max_length=14, choices=Role)
    name = models.CharField(_("name"), max_length=160, blank=True)
    address = EncryptedTextField(_("sent to"))
    link_hash = models.CharField(_("hash of the link"), max_length=64, unique=True, editable=False)
    invited_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, verbose_name=_("invited by"), related_name="+"
    )
    not_before = models.DateTimeField(_("opens"))
    valid_until = models.DateTimeField(_("until"))
    used_at = models.DateTimeField(_("used"), null=True, blank=True)
    revoked_at = models.DateTimeField(_("revoked"), null=True, blank=True)
    created_at = models.DateTimeField(_("created"), auto_now_add=True)

    class Meta:
        ordering = ["created_at"]
        verbose_name = _("invitation")
        verbose_name_plural = _("invitations")

    def __str__(self) -> str:
        return f"{self.visit_id}: {self.get_role_display()}"
