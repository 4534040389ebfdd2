"""IdentityCheck: that the doctor made sure who somebody is, and where."""

from datetime import datetime
from typing import TYPE_CHECKING, Any

from django.conf import settings
from django.db import models, transaction
from django.utils.translation import gettext_lazy as _

from clinic.crypto import EncryptedTextField
from clinic.people.models import User

from .events import VisitEvent

if TYPE_CHECKING:
    from .visit import Visit


class IdentityHow(models.TextChoices):
    DOCUMENT = "document", _("An identity document, seen in the video")
    KNOWN = "known", _("I know this person")
    ASKED = "asked", _("Name and date of birth, asked")


class IdentityCheck(models.Model):
    """The part of a seat that the doctor fills in: who this is, where they are, and at which number.

    `identity_how` says how it was confirmed; empty with a time, the doctor skipped it for `identity_skipped`.
    """

    if TYPE_CHECKING:
        visit: Visit
        place: str

    identity_checked_by = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        models.PROTECT,
        verbose_name=_("identity checked by"),
        null=True,
        blank=True,
        related_name="+",
    )
    identity_checked_at = models.DateTimeField(_("identity checked"), null=True, blank=True)
    identity_how = models.CharField(_("identity checked by way of"), max_length=10, choices=IdentityHow, blank=True)
    identity_skipped = EncryptedTextField(_("why identity was not checked"), blank=True, default="")

    class Meta:
        abstract = True

    @property
    def is_identity_settled(self) -> bool:
        """Whether the doctor has confirmed or skipped it."""
        return self.identity_checked_at is not None

    @property
    def is_outside_region(self) -> bool:
        """Whether the place that was said does not name the region where the doctor may practise.

        Only a hint to ask: people write places in many ways.
        """
        parts = [part.strip().casefold() for part in self.visit.host.region.split(",")]
        return bool(self.place) and not any(part and part in self.place.casefold() for part in parts)

    @transaction.atomic
    def settle_identity(self, *, how: str = "", skipped: str = "", by: User, at: datetime) -> None:
        """Confirmed in the way `how`, with place and number; or not, for the reason `skipped`."""
        self.identity_how, self.identity_skipped = how, "" if how else skipped
        self.identity_checked_by, self.identity_checked_at = by, at
        self.save(
            update_fields=["identity_how", "identity_skipped", "identity_checked_by", "identity_checked_at"],
        )
        about: Any = {"participant": self, "by": by}
        self.visit.record(VisitEvent.Kind.IDENTITY, at=at, note=how or "skipped", **about)
