"""The ids of resources: of which row, and back."""

from typing import Any

from django.db.models import Q

from .datatypes import Json, reference

FIELDS = {"Patient": "uid", "Slot": "uid", "Encounter": "uid", "Appointment": "reference"}
SLUGS = {"Practitioner", "PractitionerRole", "Schedule", "Organization"}


def id_of(resource_type: str, row: Any) -> str:
    """The id under which `row` is shown. FHIR's ids have no underscore; slugs have no dot."""
    return row.slug.replace("_", ".") if resource_type in SLUGS else getattr(row, FIELDS[resource_type])


def has_id(resource_type: str, name: str, *, path: str = "") -> Q:
    """What is true of the row with the id `name`, or of rows from which `path` leads to it."""
    prefix = f"{path}__" if path else ""
    if resource_type in SLUGS:
        return Q(**{f"{prefix}slug": name.replace(".", "_")})
    return Q(**{f"{prefix}{FIELDS[resource_type]}": name})


def reference_to(resource_type: str, row: Any) -> Json:
    """A reference to what `row` is shown as, with the name of who has one."""
    return reference(resource_type, id_of(resource_type, row), getattr(row, "name", ""))
