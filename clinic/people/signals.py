"""Facts that other apps may listen to. Each is sent inside the transaction that made it true."""

from django.dispatch import Signal

booking_settings_changed = Signal()
"""The slots that follow from a doctor's hours may be others now. Arguments: `doctor`."""

doctor_approved = Signal()
"""Staff have approved a doctor. Arguments: `doctor`, `at`."""

second_factor_reset = Signal()
"""Staff have taken somebody's second step of signing in away. Arguments: `user`."""

chart_added = Signal()
"""A file was put into a patient's record. Arguments: `chart`."""
