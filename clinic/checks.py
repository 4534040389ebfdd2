"""System checks of the project."""

from typing import Any

from django.core.checks import CheckMessage, Error, Tags, register

from clinic.crypto import key_problem


@register(Tags.database)
def encryption_keys_open_the_database(databases: Any = None, **kwargs: Any) -> list[CheckMessage]:
    """`migrate` and ``check --database default`` refuse keys that are not this database's."""
    problem = key_problem() if databases else None
    return [Error(problem, id="clinic.E001")] if problem else []
