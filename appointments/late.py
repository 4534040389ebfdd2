"""A doctor who runs late."""

from datetime import datetime

from clinic.people.models import Doctor
from clinic.time import day_bounds

from .errors import TransitionRefused
from .hours import zone_of
from .models import Appointment


def tell_late(doctor: Doctor, *, minutes: int, at: datetime) -> int:
    """Tell everybody who still waits for `doctor` today, by the doctor's clock. Gives how many are told."""
    zone = zone_of(doctor)
    until = day_bounds(at.astimezone(zone).date(), zone)[1]
    return sum(was_told(each, minutes, doctor) for each in doctor.appointments.late_today(at, until=until))


def was_told(appointment: Appointment, minutes: int, doctor: Doctor) -> bool:
    """Whether the visit was still to come when its turn to be told came."""
    try:
        appointment.tell_late(minutes=minutes, by=doctor.user)
    except TransitionRefused:
        return False
    return True
