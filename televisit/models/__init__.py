"""The visit of an appointment, its people, and what happened in it."""

from .advice import Advice
from .charts import VisitChart
from .events import VisitEvent
from .invitations import Invitation
from .notes import Note
from .participants import Attendance, Participant
from .visit import Visit

__all__ = [
    "Advice",
    "Attendance",
    "Invitation",
    "Note",
    "Participant",
    "Visit",
    "VisitChart",
    "VisitEvent",
]
