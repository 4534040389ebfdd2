"""The visit of an appointment, its people, and what happened in it."""

from .advice import Advice
from .charts import VisitChart
from .consent import CONSENT_VERSION, Consent
from .devices import DeviceCheck
from .events import VisitEvent
from .identity import IdentityHow
from .integration import Integration
from .invitations import Invitation
from .notes import Note
from .participants import Attendance, Participant
from .rooms import VisitRoom
from .visit import Visit
from .webhook_events import WebhookEvent

__all__ = [
    "CONSENT_VERSION",
    "Advice",
    "Attendance",
    "Consent",
    "DeviceCheck",
    "IdentityHow",
    "Integration",
    "Invitation",
    "Note",
    "Participant",
    "Visit",
    "VisitChart",
    "VisitEvent",
    "VisitRoom",
    "WebhookEvent",
]
