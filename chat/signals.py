"""Facts that other apps may listen to. Each is sent inside the transaction that made it true."""

from django.dispatch import Signal

message_posted = Signal()
"""Somebody wrote in the chat of an appointment. Arguments: `message`."""

messages_read = Signal()
"""Somebody has read on. Arguments: `appointment`, `user`, `seq`, the number up to which."""
