"""Clinics."""

from django.db.models import Q, QuerySet

from clinic.fhir import names
from clinic.fhir.datatypes import HL7, Json, coding, concept, identifier, lean
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
        "id": names.id_of_slug(row.slug),
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
            name=lambda row: names.id_of_slug(row.slug),
            find=lambda name: Q(**names.lookup("Organization", name)),
            parameters=(
                own_identifier("clinic", "slug"),
                Words("name", fields=("name",)),
                Always("active", code="true"),
                Always("type", system=f"{HL7}/organization-type", code="prov"),
            ),
        ),
    ),
)
