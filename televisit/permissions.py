"""Who may do what with a visit that they know of."""

from typing import Any

from .models import Visit


def can_run(user: Any, visit: Visit) -> bool:
    """Admit, remove, start, end, write its note: its doctor, approved and not suspended."""
    return visit.is_run_by(user)


def can_cancel(user: Any, visit: Visit) -> bool:
    """Its doctor, and staff."""
    return user.is_staff or can_run(user, visit)


def can_read_history(user: Any, visit: Visit) -> bool:
    """Who came and what happened, step by step: its doctor, and staff."""
    return user.is_staff or can_run(user, visit)
