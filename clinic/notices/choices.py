"""The words of notices: what people are told, as whom, and how a delivery stands."""

from django.db import models
from django.utils.translation import gettext_lazy as _


class Kind(models.TextChoices):
    """What a person is told. clinic/notices/kinds has the rest about each."""

    REQUEST_RECEIVED = "request_received", _("Request received")
    REQUESTED = "requested", _("Request sent")
    CONFIRMED = "confirmed", _("Visit confirmed")
    DECLINED = "declined", _("Request declined")
    EXPIRED = "expired", _("Request not answered in time")
    OFFERED = "offered", _("Another time offered")
    MOVE_WISHED = "move_wished", _("Another time wished for")
    OFFER_REFUSED = "offer_refused", _("Offered time refused")
    OFFER_EXPIRED = "offer_expired", _("Offered time not answered")
    MOVED = "moved", _("Visit moved")
    CANCELLED = "cancelled", _("Visit cancelled")
    OTHER_DOCTOR = "other_doctor", _("Other doctor")
    LINK_SENT = "link_sent", _("Link sent again")
    REMINDER = "reminder", _("Reminder")
    COMING = "coming", _("Patient says that they come")
    DOCTOR_READY = "doctor_ready", _("Doctor is ready")
    DOCTOR_SOON = "doctor_soon", _("Doctor comes soon")
    DOCTOR_LATE = "doctor_late", _("Doctor is late")
    DOCTOR_ABSENT = "doctor_absent", _("Doctor has not come")
    CALLED = "called", _("It is your turn")
    SOMEBODY_WAITS = "somebody_waits", _("Somebody waits")
    INVITATION = "invitation", _("Invitation")
    INVITATION_MOVED = "invitation_moved", _("Invitation moved")
    INVITATION_CANCELLED = "invitation_cancelled", _("Invitation cancelled")
    VISIT_MISSED = "visit_missed", _("Visit missed")
    CALL_ASKED = "call_asked", _("Patient asked for a call")
    EMERGENCY = "emergency", _("Emergency")
    EMERGENCY_UNTAKEN = "emergency_untaken", _("Emergency not taken")
    SUMMARY_READY = "summary_ready", _("Summary of a visit")
    PRESCRIPTION_ISSUED = "prescription_issued", _("Prescription issued")
    PRESCRIPTION_REVOKED = "prescription_revoked", _("Prescription revoked")
    CHART_ADDED = "chart_added", _("Document added")
    FOLLOW_UP_DUE = "follow_up_due", _("Follow-up due")
    MESSAGE_UNREAD = "message_unread", _("Message not read")
    REGISTERED = "registered", _("Registered")
    DOCTOR_REGISTERED = "doctor_registered", _("Doctor to be checked")
    APPROVED = "approved", _("Doctor approved")
    NEW_SIGN_IN = "new_sign_in", _("New sign-in")
    SECOND_FACTOR = "second_factor", _("Second step of signing in changed")


class Side(models.TextChoices):
    """As whom a person is told. Who acts for a patient is told as the patient."""

    PATIENT = "patient", _("Patient")
    DOCTOR = "doctor", _("Doctor")
    FORMER_DOCTOR = "former_doctor", _("Doctor before")
    ON_CALL = "on_call", _("Doctor on call")
    STAFF = "staff", _("Staff")
    PERSON = "person", _("Owner of the account")
    GUEST = "guest", _("Guest")


class Status(models.TextChoices):
    """How a delivery stands. Services tell us later of what was sent: delivered, or come back."""

    QUEUED = "queued", _("Queued")
    SENDING = "sending", _("Being sent")
    SENT = "sent", _("Sent")
    DELIVERED = "delivered", _("Delivered")
    BOUNCED = "bounced", _("Came back")
    FAILED = "failed", _("Failed, will be tried again")
    IN_DOUBT = "in_doubt", _("Perhaps sent, not repeated")
    DEAD = "dead", _("Given up")
    DROPPED = "dropped", _("No longer of use")


class Action(models.TextChoices):
    """What somebody may answer from a message, by a link to a page with a button."""

    ACCEPT = "accept", _("Accept")
    DECLINE = "decline", _("Decline")
    CONFIRM = "confirm", _("I will come")
    TAKE = "take", _("Take the new time")
    CANCEL = "cancel", _("Cancel the visit")
