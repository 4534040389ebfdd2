"""What people are told, how it reaches them, what they chose, what they answered, and when they are reminded."""

from clinic.notices.choices import Action, Kind, Side

from .answers import Answer
from .deliveries import Delivery
from .notices import Notice
from .preferences import Preference
from .reminders import Reminder

__all__ = ["Action", "Answer", "Delivery", "Kind", "Notice", "Preference", "Reminder", "Side"]
