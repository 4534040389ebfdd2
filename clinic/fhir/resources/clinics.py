"""Clinics."""

from functools import partial

from django.db.models import QuerySet

from clinic.fhir.datatypes import HL7, Json, coding, concept, identifier, lean
from clinic.fhir.names import has_id, id_of
from clinic.fhir.parameters import Always, Words, own_identifier
from clinic.fhir.reader import Reader
from clinic.fhir.resource import Resource, Source
from clinic.people.models import Clinic


def clinics(reader: Reader) -> QuerySet[Clinic]:
    return Clinic.objects.all()


def organization(row: Clinic, reader: Reader) -> Json:
    """A site with its address and numbers."""
    address = {"text": row.full_address, "line": row.address.splitlines(), "country": row.country}
    return {
        "resourceType": "Organization",
        "id": id_of("Organization", row),
        "identifier": [identifier("clinic", row.slug)],
        "active": True,
        "type": [concept(coding(f"{HL7}/organization-type", "prov", "Healthcare Provider"))],
        "name": row.name,
        "telecom": [
            {"system": "phone", "value": row.phone, "use": "work"},
            {"system": "email", "value": row.email, "use": "work"},
        ],
        "address": [lean(address)],
    }


ORGANIZATION = Resource(
    "Organization",
    "The clinics.",
    sources=(
        Source(
            model=Clinic,
            rows=clinics,
            build=organization,
            name=partial(id_of, "Organization"),
            find=partial(has_id, "Organization"),
            parameters=(
                own_identifier("clinic", "slug"),
                Words("name", fields=("name",)),
                Always("active", code="true"),
                Always("type", system=f"{HL7}/organization-type", code="prov"),
            ),
        ),
    ),
)
