"""An appointment that was booked an hour ago, another time, and the move from one to the other. All at NOON."""

from datetime import datetime, timedelta
from typing import Any

import time_machine

from appointments.models import Appointment, AppointmentEvent, Slot
from clinic.people.models import Doctor

from .factories import SlotFactory, booked
from .pages import NOON

HOUR = timedelta(hours=1)


def slot(doctor: Doctor, hours: int = 48) -> Slot:
    return SlotFactory(doctor=doctor, begins=NOON + hours * HOUR)


def settled(doctor: Doctor, hours: int = 48) -> Appointment:
    """Booked an hour ago: the time for free changes is over."""
    with time_machine.travel(NOON - HOUR, tick=False):
        return booked(slot(doctor, hours))


def move(appointment: Appointment, to: Slot, *, by: Any = None, at: datetime = NOON) -> bool:
    """Whether it was moved at once; by the patient, if nobody else is named."""
    return appointment.move(to, by=by or appointment.patient.user, at=at)


def last_event(appointment: Appointment) -> AppointmentEvent:
    return appointment.events.last()
