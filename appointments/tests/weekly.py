"""A doctor's weekly hours in the tests, and what they open."""

from datetime import UTC, datetime, time, timedelta
from zoneinfo import ZoneInfo

from appointments import hours
from appointments.models import Slot

SUNDAY = datetime(2026, 6, 7, 12, tzinfo=UTC)
MONDAY_NINE = datetime(2026, 6, 8, 8, tzinfo=UTC)  # 09:00 in Lisbon
HOUR = timedelta(hours=1)
WEEK = timedelta(days=7)


def add_hours(doctor, **facts):
    facts = {"weekday": 0, "starts": time(9), "ends": time(10), "valid_from": SUNDAY.date(), **facts}
    return hours.add_hours(doctor, at=SUNDAY, **facts)


def open_times(doctor):
    zone = ZoneInfo("Europe/Lisbon")
    slots = doctor.slots.filter(status=Slot.Status.OPEN).order_by("starts_at")
    return [f"{slot.starts_at.astimezone(zone):%d %H:%M}" for slot in slots]
