"""Facts that other apps may listen to. Each is sent inside the transaction that made it true."""

from django.dispatch import Signal

prescription_issued = Signal()
"""A patient has a new prescription. Arguments: `event`, the PrescriptionEvent."""

prescription_revoked = Signal()
"""A prescription holds no longer. Arguments: `event`, the PrescriptionEvent."""
