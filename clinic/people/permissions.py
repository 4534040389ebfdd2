"""Who may work as what."""

from typing import Any

from clinic.people.models import Doctor


def practising_doctor(user: Any) -> Doctor | None:
    """The user's doctor's profile if the clinic has approved it and not suspended it, else None."""
    doctor = getattr(user, "doctor", None)
    return doctor if doctor is not None and doctor.is_practising else None
