"""The words of a notice and of its deliveries."""

from django.db import models
from django.utils.translation import gettext_lazy as _


class Kind(models.TextChoices):
    """What a person is told."""

    REQUEST_RECEIVED = "request_received", _("Request received")
    REQUESTED = "requested", _("Request sent")
    CONFIRMED = "confirmed", _("Visit confirmed")
    DECLINED = "declined", _("Request declined")
    EXPIRED = "expired", _("Request expired")
    CANCELLED = "cancelled", _("Visit cancelled")
    REMINDER = "reminder", _("Reminder")
    PRESCRIPTION_ISSUED = "prescription_issued", _("Prescription issued")
    PRESCRIPTION_REVOKED = "prescription_revoked", _("Prescription revoked")


class Channel(models.TextChoices):
    """A way out of the portal. In the portal itself the notice is simply there."""

    EMAIL = "email", _("E-mail")


class Status(models.TextChoices):
    QUEUED = "queued", _("Queued")
    SENDING = "sending", _("Being sent")
    SENT = "sent", _("Sent")
    FAILED = "failed", _("Failed, will be tried again")
    DEAD = "dead", _("Given up")
    DROPPED = "dropped", _("No longer of use")
