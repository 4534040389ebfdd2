"""Feed: a user's appointments as a calendar that programs subscribe to, at an address that only the user knows."""

import secrets
from datetime import datetime, timedelta

from django.conf import settings
from django.db import models
from django.db.models import Q
from django.utils.crypto import salted_hmac
from django.utils.translation import gettext_lazy as _

from clinic.people.models import Doctor, Patient, User

from .appointment import Appointment
from .queries import AppointmentQuerySet

REMEMBERED = timedelta(days=30)
SHOWN = 2000  # far more than anybody has; a program that is sent more drops it all


def digest(token: str) -> str:
    """What is stored of a token: nobody reads addresses from the database."""
    return salted_hmac("appointments.feed", token, algorithm="sha256").hexdigest()


class FeedQuerySet(models.QuerySet["Feed"]):
    def renew(self, user: User, *, at: datetime) -> str:
        """The token of a new address for the user's feed, told this once; an address before it shows nothing."""
        token = secrets.token_urlsafe(32)
        self.update_or_create(user=user, defaults={"token_digest": digest(token), "made_at": at})
        return token

    def of_token(self, token: str) -> "Feed | None":
        """The feed at the address with `token`, while its user may sign in."""
        return self.filter(token_digest=digest(token), user__is_active=True).select_related("user").first()

    def of_user(self, user: User) -> "Feed | None":
        return self.filter(user=user).first()


class Feed(models.Model):
    """The one private calendar address of a user."""

    user = models.OneToOneField(
        settings.AUTH_USER_MODEL, models.CASCADE, verbose_name=_("user"), related_name="calendar_feed"
    )
    token_digest = models.CharField(max_length=64, unique=True, editable=False)
    made_at = models.DateTimeField(_("made"))

    objects = FeedQuerySet.as_manager()

    class Meta:
        verbose_name = _("calendar feed")
        verbose_name_plural = _("calendar feeds")

    def __str__(self) -> str:
        return f"{self.user_id}"

    def appointments(self, at: datetime) -> AppointmentQuerySet:
        """What the calendar shows at the instant `at`: both sides of the user, from a month ago on, soonest first.

        Cancelled ones too, as such: programs do not take away by themselves what is merely missing.
        """
        mine = Q(patient__in=Patient.objects.represented_by(self.user, at))
        treated = Q(doctor__in=Doctor.objects.practising().filter(user=self.user))
        shown = Appointment.objects.filter(mine | treated, starts_at__gte=at - REMEMBERED).order_by("starts_at", "pk")
        return shown.select_related("clinic", "visit")[:SHOWN]
