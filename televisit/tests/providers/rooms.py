"""Rooms and people for the tests of video services."""

from datetime import UTC, datetime, timedelta

from televisit.providers import Person
from televisit.providers.base import RoomOrder

DOCTOR = Person(uid="DOCTOR0123456789", role="doctor", shown_name="Doctor", is_host=True)
PATIENT = Person(uid="PATIENT012345678", role="patient", shown_name="Patient", is_host=False)


def now():
    return datetime.now(UTC)


def an_order(name="visit-K7F3QX2M9D4TABCD-1", **facts):
    at = now()
    hours = {"opens_at": at - timedelta(minutes=5), "expires_at": at + timedelta(hours=1)}
    return RoomOrder(name, **{**hours, "most_people": 4, **facts})


def entry(provider, room, person, *, until=None):
    at = now()
    return provider.join(room, person, at=at, until=until or at + timedelta(hours=1))
