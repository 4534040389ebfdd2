"""Who may do what with a visit that they know of."""

from datetime import datetime
from typing import Any

from clinic.people.permissions import works_at_desk

from .models import Visit
from .models.choices import Role


def can_run(user: Any, visit: Visit) -> bool:
    """Admit, remove, start, end, write its note: its doctor, approved and not suspended."""
    return visit.is_run_by(user)


def can_cancel(user: Any, visit: Visit) -> bool:
    """Its doctor, and staff."""
    return works_at_desk(user, visit.clinic_id) or can_run(user, visit)


def can_invite(user: Any, visit: Visit, at: datetime) -> bool:
    """Ask somebody to it, and take that back: its two parties, and staff."""
    return works_at_desk(user, visit.clinic_id) or visit.role_of(user, at) is not None


def roles_to_invite(user: Any, visit: Visit) -> list[Role]:
    """As what `user`, who may invite, can ask somebody: only the clinic gives the patient's seat away."""
    roles = [Role.RELATIVE, Role.INTERPRETER]
    return [*roles, Role.PATIENT] if works_at_desk(user, visit.clinic_id) or can_run(user, visit) else roles


def can_read_history(user: Any, visit: Visit) -> bool:
    """Who came and what happened, step by step: its doctor, and staff."""
    return works_at_desk(user, visit.clinic_id) or can_run(user, visit)
