"""Every type of resource, in the order in which the CapabilityStatement lists them."""

from clinic.fhir.errors import NoSuchType
from clinic.fhir.resource import Resource

from .appointments import APPOINTMENT
from .calendar import SCHEDULE, SLOT
from .clinics import ORGANIZATION
from .documents import DOCUMENT_REFERENCE
from .encounters import ENCOUNTER
from .medicines import MEDICATION_REQUEST
from .people import PATIENT, PRACTITIONER, PRACTITIONER_ROLE

RESOURCES = {
    resource.type: resource
    for resource in (
        PATIENT,
        PRACTITIONER,
        PRACTITIONER_ROLE,
        ORGANIZATION,
        SCHEDULE,
        SLOT,
        APPOINTMENT,
        ENCOUNTER,
        MEDICATION_REQUEST,
        DOCUMENT_REFERENCE,
    )
}


def resource_of(name: str) -> Resource:
    """Raises NoSuchType."""
    if name not in RESOURCES:
        raise NoSuchType
    return RESOURCES[name]


__all__ = ["RESOURCES", "resource_of"]
