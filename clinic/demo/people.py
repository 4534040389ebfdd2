"""The people of the demo clinic, from people.toml."""

import tomllib
from dataclasses import dataclass, field
from datetime import datetime, time, timedelta
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

from allauth.account.models import EmailAddress
from django.contrib.auth.hashers import make_password
from django.db.backends.postgresql.psycopg_any import DateTimeTZRange

from appointments.models import Availability, OnCall
from clinic.people.models import (
    Allergy,
    Clinic,
    Condition,
    Doctor,
    Medication,
    Patient,
    Representation,
    Specialty,
    User,
)
from clinic.people.models.history import HistoryEntry

from .clock import WEEKDAYS, instant, set_to

FILE = Path(__file__).with_name("people.toml")
ON_CALL_BEFORE = timedelta(days=1)
OPENED_BEFORE = timedelta(weeks=20)  # then the clinic opened, and its people registered

OF_USER = ("email", "given_name", "family_name", "zone", "is_staff", "is_superuser")
OF_DOCTOR = (
    *("slug", "about", "languages", "zone", "register", "number"),
    *("booking_mode", "slot_minutes", "buffer_after_minutes"),
)
OF_PATIENT = (
    *("given_name", "family_name", "birth_date", "sex"),
    *("phone", "language", "interpreter_needed", "needs"),
)
HISTORIES: dict[str, type[HistoryEntry]] = {"allergies": Allergy, "conditions": Condition, "medicines": Medication}

Facts = dict[str, Any]


def some(facts: Facts, names: tuple[str, ...]) -> Facts:
    return {name: facts[name] for name in names if name in facts}


@dataclass
class People:
    """Everybody, by the key that the demo's files call them."""

    clinic: Clinic
    password_hash: str
    now: datetime
    specialties: dict[str, Specialty] = field(default_factory=dict)
    staff: dict[str, User] = field(default_factory=dict)
    doctors: dict[str, Doctor] = field(default_factory=dict)
    patients: dict[str, Patient] = field(default_factory=dict)

    @property
    def opened(self) -> datetime:
        """When the clinic opened and its people registered."""
        return self.now - OPENED_BEFORE

    @property
    def desk(self) -> User:
        """The staff member who checks and enters things."""
        return next(iter(self.staff.values()))

    def user(self, key: str) -> User:
        """The user of the staff member, doctor or patient `key`; the desk for a patient without one."""
        if key in self.staff:
            return self.staff[key]
        return (self.doctors | self.patients)[key].user or self.desk

    def add_user(self, facts: Facts) -> User:
        """A user with the demo's password and a proven address."""
        user = User.objects.create(password=self.password_hash, **some(facts, OF_USER))
        EmailAddress.objects.create(user=user, email=user.email, primary=True, verified=True)
        return user

    def add_doctor(self, facts: Facts) -> Doctor:
        """A doctor whom staff have approved, with weekly hours; on call since yesterday, if the facts say so."""
        own = some(facts, OF_DOCTOR)
        doctor = Doctor.objects.create(user=self.add_user(facts), clinic=self.clinic, region=self.clinic.region, **own)
        doctor.specialties.set([self.specialties[key] for key in facts["specialties"]])
        doctor.approve(by=self.desk, at=self.opened)
        Availability.objects.bulk_create(weekly_hours(doctor, facts["hours"], valid_from=self.opened.date()))
        if "on_call_days" in facts:
            period = DateTimeTZRange(self.now - ON_CALL_BEFORE, self.now + timedelta(days=facts["on_call_days"]))
            OnCall.objects.create(doctor=doctor, period=period)
        return doctor

    def add_patient(self, facts: Facts) -> Patient:
        """A patient with a history. Who has no e-mail address has no user: a child, or somebody who phones."""
        user = self.add_user(facts) if "email" in facts else None
        patient = Patient.objects.create(user=user, **some(facts, OF_PATIENT))
        if "represented_by" in facts:
            who = self.user(facts["represented_by"])
            Representation.objects.create(user=who, patient=patient, relation=facts["relation"], checked_by=self.desk)
        for name, model in HISTORIES.items():
            for line in facts.get(name, []):
                self.add_to_history(model, line, patient=patient)
        return patient

    def add_to_history(self, model: type[HistoryEntry], line: Facts, *, patient: Patient) -> None:
        """One line: what a doctor found, or what the patient said, which a doctor may have confirmed."""
        words = some(line, ("name", "detail"))
        if "found_by" in line:
            doctor = self.doctors[line["found_by"]]
            model.objects.enter(patient, by=doctor.user, doctor=doctor, at=self.after_visit(line), **words)
            return
        entry = model.objects.enter(patient, by=patient.user or self.desk, at=self.opened, **words)
        if "confirmed_by" in line:
            entry.confirm(by=self.doctors[line["confirmed_by"]], at=self.after_visit(line))

    def after_visit(self, line: Facts) -> datetime:
        """The end of the week in which the doctor saw the patient."""
        return instant(f"Sun 12:00, {line['weeks_ago']} weeks ago", zone=ZoneInfo(self.clinic.zone), now=self.now)


def weekly_hours(doctor: Doctor, hours: list[Facts], **facts: Any) -> list[Availability]:
    """The rules for lines such as ``{on = ["mon", "tue"], from = "09:00", to = "12:40"}``."""
    return [
        Availability(
            doctor=doctor,
            weekday=WEEKDAYS.index(day),
            starts=time.fromisoformat(line["from"]),
            ends=time.fromisoformat(line["to"]),
            **facts,
        )
        for line in hours
        for day in line["on"]
    ]


def load_people(*, now: datetime, password: str) -> People:
    """The clinic and everybody in it, as of the day when it opened."""
    facts = tomllib.loads(FILE.read_text())
    with set_to(now - OPENED_BEFORE):
        people = People(Clinic.objects.create(**facts["clinic"]), make_password(password), now)
        for each in facts["specialties"]:
            people.specialties[each["key"]] = Specialty.objects.create(**some(each, ("name", "slug")))
        for each in facts["staff"]:
            people.staff[each["key"]] = people.add_user(each)
        for each in facts["doctors"]:
            people.doctors[each["key"]] = people.add_doctor(each)
        for each in facts["patients"]:
            people.patients[each["key"]] = people.add_patient(each)
    return people
