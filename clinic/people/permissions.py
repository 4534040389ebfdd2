"""Who may work as what."""

from typing import Any, TypeVar

from django.db.models import Q, QuerySet

from clinic.people.models import Doctor

Rows = TypeVar("Rows", bound=QuerySet[Any])


def practising_doctor(user: Any) -> Doctor | None:
    """The user's doctor's profile if the clinic has approved it and not suspended it, else None."""
    doctor = getattr(user, "doctor", None)
    return doctor if doctor is not None and doctor.is_practising else None


def works_at_desk(user: Any, clinic_id: int | None = None) -> bool:
    """Whether `user` is staff who books, moves and cancels for patients; of the clinic, where one is named."""
    return getattr(user, "is_at_desk", False) and (clinic_id is None or user.serves(clinic_id))


def in_own_clinics(rows: Rows, user: Any, path: str = "clinic") -> Rows:
    """Of `rows`, whose clinic is at `path`, those of the clinics for which the member of staff works."""
    return rows.filter(**{f"{path}__in": user.clinic_limit}) if user.clinic_limit else rows


def in_own_clinics_or_none(rows: Rows, user: Any, path: str = "clinic") -> Rows:
    """The same, with the rows that belong to no clinic: nobody else would look after these."""
    own = Q(**{f"{path}__in": user.clinic_limit}) | Q(**{f"{path}__isnull": True})
    return rows.filter(own) if user.clinic_limit else rows
