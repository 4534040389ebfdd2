"""The ids of resources, and back: which row an id names."""

from typing import Any

FIELDS = {"Patient": "uid", "Slot": "uid", "Encounter": "uid", "Appointment": "reference"}
SLUGS = {"Practitioner", "PractitionerRole", "Schedule", "Organization"}


def id_of_slug(slug: str) -> str:
    """FHIR's ids have no underscore; slugs have no dot."""
    return slug.replace("_", ".")


def lookup(resource_type: str, name: str) -> dict[str, Any]:
    """What finds the row that the id `name` names, in its own table."""
    if resource_type in SLUGS:
        return {"slug": name.replace(".", "_")}
    return {FIELDS[resource_type]: name}
