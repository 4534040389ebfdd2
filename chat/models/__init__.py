"""The chat of an appointment: its messages, how far each person has read, and whether it is open."""

from .conversations import Closing, conversations_of, reason_closed
from .marks import ReadMark
from .messages import BODY_LIMIT, Message, MessageQuerySet

__all__ = ["BODY_LIMIT", "Closing", "Message", "MessageQuerySet", "ReadMark", "conversations_of", "reason_closed"]
