"""What people are told, how it reaches them, and when they are reminded."""

from .choices import Channel, Kind
from .deliveries import Delivery
from .notices import Notice
from .reminders import Reminder

__all__ = ["Channel", "Delivery", "Kind", "Notice", "Reminder"]
