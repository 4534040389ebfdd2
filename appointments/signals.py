"""Facts that other apps may listen to. Each is sent inside the transaction that made it true."""

from django.dispatch import Signal

appointment_changed = Signal()
"""An appointment was made or moved to another status. Arguments: `event`, the AppointmentEvent."""
