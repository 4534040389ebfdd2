"""Who is meant by a side: the people who are told something, at an instant."""

from collections.abc import Callable, Iterable
from datetime import datetime
from typing import Any

from django.db.models import Q, QuerySet

from clinic.people.models import Patient, User

from .choices import Side
from .kinds import KINDS
from .models import Notice


def doctor_side(notice: Notice, at: datetime) -> Iterable[User]:
    """The doctor, if the appointment has one."""
    doctor = notice.appointment.doctor_id if notice.appointment is not None else None
    return User.objects.filter(doctor=doctor, is_active=True) if doctor is not None else []


def doctor_before(notice: Notice, at: datetime) -> Iterable[User]:
    """The doctor from whom an appointment was taken."""
    doctor = notice.event.doctor_before_id if notice.event is not None else None
    return User.objects.filter(doctor=doctor, is_active=True) if doctor is not None else []


def patient_side(notice: Notice, at: datetime) -> Iterable[User]:
    """The patient, if they sign in, and all who may act for them at the instant `at`."""
    patient = notice.patient or (notice.appointment.patient if notice.appointment is not None else None)
    return people_of(patient, at) if patient is not None else []


def people_of(patient: Patient, at: datetime) -> QuerySet[User]:
    acting = Q(representations__in=patient.representations.valid(at))
    return User.objects.filter(Q(patient=patient) | acting, is_active=True).distinct()


def on_call(notice: Notice, at: datetime) -> Iterable[User]:
    """The doctors who may take an emergency."""
    takers = notice.appointment.takers(at) if notice.appointment is not None else []
    return User.objects.filter(doctor__in=takers, is_active=True)


def staff(notice: Notice, at: datetime) -> Iterable[User]:
    clinic = notice.appointment.clinic_id if notice.appointment is not None else None
    return User.objects.staff_who_may("work_at_desk", clinic_id=clinic)


PEOPLE: dict[Side, Callable[[Notice, datetime], Iterable[User]]] = {
    Side.DOCTOR: doctor_side,
    Side.FORMER_DOCTOR: doctor_before,
    Side.PATIENT: patient_side,
    Side.ON_CALL: on_call,
    Side.STAFF: staff,
}


def notices(kind: str, key: str, *, sides: Iterable[Side] | None = None, at: datetime, **about: Any) -> list[Notice]:
    """A notice of `kind` for everybody whom its rule names, or for those of `sides`; each under a key of its own.

    Who is on two sides is told once.
    """
    told: dict[int, Notice] = {}
    for side in sides or KINDS[kind].words:
        for user in PEOPLE[side](notice_of(kind, "", at=at, side=side, **about), at):
            told.setdefault(user.pk, notice_of(kind, f"{key}-{user.pk}", at=at, side=side, recipient=user, **about))
    return list(told.values())


def notice_of(kind: str, key: str, **facts: Any) -> Notice:
    """One notice, as of the appointment's calendar revision."""
    appointment = facts.get("appointment")
    return Notice(kind=kind, key=key, sequence=appointment.sequence if appointment is not None else None, **facts)
