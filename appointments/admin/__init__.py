"""What staff see and do with hours, slots and appointments. No clinical text: symptoms are for the two parties."""

from .appointments import AppointmentAdmin
from .hours import AvailabilityAdmin, ClosureAdmin, OnCallAdmin, TimeOffAdmin
from .slots import SlotAdmin

__all__ = [
    "AppointmentAdmin",
    "AvailabilityAdmin",
    "ClosureAdmin",
    "OnCallAdmin",
    "SlotAdmin",
    "TimeOffAdmin",
]
