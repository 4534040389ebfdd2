"""Facts that other apps may listen to. Each is sent inside the transaction that made it true."""

from django.dispatch import Signal

visit_changed = Signal()
"""Something happened to a visit or to one of its people. Arguments: `event`, the VisitEvent."""
