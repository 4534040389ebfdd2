"""Hours, slots, and the appointments made of them."""

from .appointment import Appointment
from .events import AppointmentEvent
from .feeds import Feed
from .hours import Availability, Closure, OnCall, TimeOff
from .offers import Offer
from .outcomes import Outcome
from .slots import Slot

__all__ = [
    "Appointment",
    "AppointmentEvent",
    "Availability",
    "Closure",
    "Feed",
    "Offer",
    "OnCall",
    "Outcome",
    "Slot",
    "TimeOff",
]
