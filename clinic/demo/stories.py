"""What happened to whom in the demo clinic, from appointments.toml: each appointment is told as it happened."""

import tomllib
from datetime import datetime, timedelta
from functools import cached_property
from pathlib import Path
from typing import Any

from appointments.models import Appointment, Slot
from clinic.people.models import User

from . import visits
from .clock import days_ahead, instant, set_to
from .people import Facts, People

FILE = Path(__file__).with_name("appointments.toml")
BOOKED_BEFORE = timedelta(days=4)
BOOKED_TODAY = timedelta(hours=3)
ANSWERED_AFTER = timedelta(hours=1)
GIVEN_UP_AFTER = timedelta(hours=2)


class Story:
    """One appointment, from its booking to its end, at the hours at which all of it would have happened."""

    def __init__(self, facts: Facts, *, people: People, now: datetime) -> None:
        self.facts, self.people, self.now = facts, people, now
        self.doctor = people.doctors[facts["doctor"]]
        self.patient = people.patients[facts["patient"]]

    @property
    def is_ahead(self) -> bool:
        """Whether it takes one of the times that the doctor's weekly hours offer."""
        return days_ahead(self.facts["when"]) is not None

    @property
    def is_now(self) -> bool:
        """Whether it is the visit that can be joined when the demo is new."""
        return self.facts["when"] == "now"

    @cached_property
    def slot(self) -> Slot:
        """The time that is booked: a free one of the coming days, or one that the doctor published for it."""
        ahead = days_ahead(self.facts["when"])
        if ahead is not None:
            return self.first_free(self.now + ahead)
        start = instant(self.facts["when"], zone=self.doctor.tzinfo, now=self.now)
        length = timedelta(minutes=self.facts.get("minutes", self.doctor.visit_minutes))
        return Slot.objects.publish(self.doctor, start=start, end=start + length, at=start - BOOKED_BEFORE)

    def first_free(self, after: datetime) -> Slot:
        """The doctor's first free time at which the patient has nothing yet."""
        busy = [each.period for each in self.patient.appointments.active()]
        free = self.doctor.slots.free(self.now).filter(starts_at__gte=after).order_by("starts_at")
        return next(slot for slot in free if not any(overlap(slot.period, period) for period in busy))

    @property
    def starts_at(self) -> datetime:
        return self.slot.period.lower

    @property
    def booked_at(self) -> datetime:
        return self.now - BOOKED_TODAY if self.is_ahead else self.starts_at - BOOKED_BEFORE

    @property
    def booker(self) -> User:
        return self.people.user(self.facts.get("booked_by") or self.facts["patient"])

    def side(self, name: str) -> User:
        """The user on that side, "doctor" or "patient"; for a child, who booked."""
        return self.doctor.user if name == "doctor" else self.booker

    def tell(self) -> None:
        """Let it happen; the method that `ends` names says how far."""
        self.book()
        getattr(self, self.facts["ends"])()
        visits.talk(self)

    def book(self) -> None:
        asked = {name: self.facts[name] for name in ("symptoms", "is_emergency") if name in self.facts}
        slot = self.slot
        with set_to(self.booked_at):
            self.appointment = Appointment.objects.book(
                slot,
                patient=self.patient,
                by=self.booker,
                at=self.booked_at,
                reason_category=self.facts["reason"],
                **asked,
            )

    # How it ends

    def requested(self) -> None:
        """The doctor has not answered yet."""

    def confirmed(self) -> None:
        if self.appointment.status == Appointment.Status.REQUESTED:
            with set_to(self.booked_at + ANSWERED_AFTER):
                self.appointment.accept(by=self.doctor.user)

    def offered(self) -> None:
        """The doctor has proposed the next free time instead, and the patient has not answered yet."""
        at = self.booked_at + ANSWERED_AFTER
        with set_to(at):
            later = self.first_free(self.slot.period.upper)
            self.appointment.offer(later, by=self.doctor.user, at=at)

    def declined(self) -> None:
        with set_to(self.booked_at + ANSWERED_AFTER):
            self.appointment.decline(by=self.doctor.user, **self.parting_words())

    def cancelled(self) -> None:
        self.confirmed()
        with set_to(self.booked_at + GIVEN_UP_AFTER):
            self.appointment.cancel(by=self.side(self.facts["by"]), **self.parting_words())

    def expired(self) -> None:
        unanswered_at = self.appointment.respond_by
        assert unanswered_at is not None  # it was requested
        with set_to(unanswered_at):
            self.appointment.expire(at=unanswered_at)

    def no_show(self) -> None:
        self.confirmed()
        with set_to(self.slot.period.upper):
            self.appointment.mark_no_show(by=self.doctor.user)

    def by_phone(self) -> None:
        self.confirmed()
        with set_to(self.slot.period.upper):
            self.appointment.complete(by=self.doctor.user)

    def in_progress(self) -> None:
        self.confirmed()
        visits.meet(self)

    def completed(self) -> None:
        self.in_progress()
        visits.part(self)
        visits.write_note(self)
        visits.conclude(self)
        visits.prescribe(self)

    def parting_words(self) -> Any:
        return {"reason": self.facts["end_reason"], "note": self.facts.get("end_note", "")}


def overlap(one, other) -> bool:
    return one.lower < other.upper and other.lower < one.upper


def read_stories(people: People, *, now: datetime) -> list[Story]:
    """Every appointment of the file, in its order."""
    return [Story(facts, people=people, now=now) for facts in tomllib.loads(FILE.read_text())["appointments"]]
