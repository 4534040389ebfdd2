"""The demo clinic: invented people, and what happened to them, told to the portal through its own methods."""

from datetime import datetime

from appointments.hours import open_slots

from .news import tell_of_history
from .people import load_people
from .stories import Story, read_stories

__all__ = ["load_demo"]


def load_demo(*, now: datetime, password: str) -> None:
    """Fill an empty database as if the clinic had worked for months until the instant `now`."""
    people = load_people(now=now, password=password)
    stories = read_stories(people, now=now)
    tell([story for story in stories if not story.is_ahead])
    for doctor in people.doctors.values():
        open_slots(doctor, at=now)
    tell([story for story in stories if story.is_ahead])
    tell_of_history(now=now, but_not_of=[story.appointment for story in stories if story.is_now])


def tell(stories: list[Story]) -> None:
    for story in stories:
        story.tell()
