"""ApiToken: how a user's own program signs in to the API, and which part of what the user may do it may do."""

import secrets
from collections.abc import Sequence
from datetime import datetime, timedelta

from django.conf import settings
from django.contrib.postgres.fields import ArrayField
from django.core.cache import caches
from django.db import models
from django.db.models import Q
from django.utils.crypto import salted_hmac
from django.utils.translation import gettext_lazy as _

from clinic.codes import uid
from clinic.people.errors import TooManyTokens

from .users import User

PREFIX = "clinic_"  # programs that look for leaked secrets find it by this
LONGEST = timedelta(days=365)
AT_ONCE = 20
SEEN_SECONDS = 60
SAFE_METHODS = ("GET", "HEAD", "OPTIONS")


class Area(models.TextChoices):
    """The parts of the API; a view says with `area` to which it belongs."""

    VISITS = "visits", _("Appointments, hours and video visits")
    RECORD = "record", _("Records, files, notes, prescriptions and messages")
    ACCOUNT = "account", _("Notices and settings")
    FHIR = "fhir", _("All of it as FHIR")


class Scope(models.TextChoices):
    """What a token may be used for: an area of the API, to read or to change."""

    VISITS_READ = "visits:read", _("Read appointments, hours and video visits")
    VISITS_WRITE = "visits:write", _("Book, change and hold appointments and video visits")
    RECORD_READ = "record:read", _("Read records, files, notes, prescriptions and messages")
    RECORD_WRITE = "record:write", _("Change records, files, notes, prescriptions and messages")
    ACCOUNT_READ = "account:read", _("Read notices and settings")
    ACCOUNT_WRITE = "account:write", _("Change notices and settings")
    FHIR_READ = "fhir:read", _("Read all of it as FHIR")


def scope_for(area: str, method: str) -> str:
    """What a token needs for a call. FHIR is read only, and searches by POST too."""
    is_read = method in SAFE_METHODS or area == Area.FHIR
    return f"{area}:{'read' if is_read else 'write'}"


def digest(token: str) -> str:
    """What is stored of a token: nobody reads tokens from the database."""
    return salted_hmac("people.token", token, algorithm="sha256").hexdigest()


class ApiTokenQuerySet(models.QuerySet["ApiToken"]):
    def make(
        self, user: User, *, name: str, scopes: Sequence[str], expires_at: datetime, at: datetime
    ) -> "tuple[ApiToken, str]":
        """A new token of the user's, and its text, told this once. Raises TooManyTokens."""
        if self.filter(user=user).alive(at).count() >= AT_ONCE:
            raise TooManyTokens
        text = PREFIX + secrets.token_urlsafe(32)
        facts = {"name": name, "scopes": sorted(set(scopes)), "expires_at": expires_at, "created_at": at}
        return self.create(user=user, digest=digest(text), **facts), text

    def of_text(self, text: str, at: datetime) -> "ApiToken | None":
        """The token that reads so, while it holds and its user may sign in; with the user and both profiles."""
        found = self.alive(at).filter(digest=digest(text), user__is_active=True)
        return found.select_related("user__doctor__clinic", "user__patient").first()

    def alive(self, at: datetime) -> "ApiTokenQuerySet":
        return self.filter(revoked_at=None, expires_at__gt=at)

    def of_user(self, user: User) -> "ApiTokenQuerySet":
        """Those of the user that are not revoked, the newest first; expired ones too, so that nobody wonders."""
        return self.filter(user=user, revoked_at=None).order_by("-created_at", "-pk")

    def revoke(self, at: datetime) -> int:
        """They open nothing any more; gives how many did until now."""
        return self.filter(revoked_at=None).update(revoked_at=at)


class ApiToken(models.Model):
    uid = models.CharField(max_length=16, unique=True, default=uid, editable=False)
    user = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.CASCADE, verbose_name=_("user"), related_name="api_tokens"
    )
    name = models.CharField(_("name"), max_length=80)
    digest = models.CharField(max_length=64, unique=True, editable=False)
    scopes = ArrayField(models.CharField(max_length=20, choices=Scope), verbose_name=_("may be used for"))
    created_at = models.DateTimeField(_("made"))
    expires_at = models.DateTimeField(_("ends"))
    last_used_at = models.DateTimeField(_("last used"), null=True, blank=True)
    revoked_at = models.DateTimeField(_("revoked"), null=True, blank=True)

    objects = ApiTokenQuerySet.as_manager()

    class Meta:
        verbose_name = _("API token")
        verbose_name_plural = _("API tokens")
        constraints = [
            models.CheckConstraint(condition=Q(expires_at__gt=models.F("created_at")), name="token_ends_after_it_began")
        ]

    def __str__(self) -> str:
        return f"API token {self.pk}"

    @property
    def scope_words(self) -> list[str]:
        return [str(Scope(scope).label) for scope in self.scopes]

    def may(self, area: str | None, method: str) -> bool:
        """Whether it is good for a call of this area; None stands for calls that take no token at all."""
        return area is not None and scope_for(area, method) in self.scopes

    def is_over(self, at: datetime) -> bool:
        return self.expires_at <= at

    def note_use(self, at: datetime) -> None:
        """Keep when it was last used: to the minute, which spares a write for each call."""
        if caches["process"].add(f"token-{self.pk}", 1, SEEN_SECONDS):
            type(self).objects.filter(pk=self.pk).update(last_used_at=at)
