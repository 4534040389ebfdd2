"""The visit of an appointment, its people, and what happened in it."""

from .events import VisitEvent
from .invitations import Invitation
from .notes import Note
from .participants import Attendance, Participant
from .visit import Visit

__all__ = [
    "Attendance",
    "Invitation",
    "Note",
    "Participant",
    "Visit",
    "VisitEvent",
]
