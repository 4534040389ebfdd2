"""Patients, and the doctors of the portal."""

from dataclasses import dataclass
from functools import partial
from typing import Any

from django.db.models import Q, QuerySet

from clinic.fhir.datatypes import (
    HL7,
    LANGUAGES,
    R4,
    Json,
    coding,
    concept,
    identifier,
    lean,
    own_system,
    spoken,
)
from clinic.fhir.names import has_id, id_of, reference_to
from clinic.fhir.parameters import Birthday, Flag, Reference, Target, Token, Words, own_identifier
from clinic.fhir.reader import Reader
from clinic.fhir.resource import Resource, Source
from clinic.people.models import Doctor, Patient, Specialty
from clinic.record.permissions import open_to

PRACTISING = Q(approved_at__isnull=False, suspended_at__isnull=True, user__is_active=True)
INTERPRETER = f"{R4}/StructureDefinition/patient-interpreterRequired"


def patients(reader: Reader) -> QuerySet[Patient]:
    """Those whose record is open to the reader; all of them at the desk, which sees names and numbers only."""
    return Patient.objects.all() if reader.is_at_desk else open_to(reader.user, reader.at)


def patient(row: Patient, reader: Reader) -> Json:
    interpreter = {"url": INTERPRETER, "valueBoolean": row.interpreter_needed}
    return lean(
        {
            "resourceType": "Patient",
            "id": id_of("Patient", row),
            "extension": [interpreter],
            "identifier": [identifier("patient", row.uid)],
            "active": True,
            "name": [{"use": "official", "text": row.name, "family": row.family_name, "given": [row.given_name]}],
            "telecom": [{"system": "phone", "value": row.phone}] if row.phone else [],
            "gender": row.sex,
            "birthDate": row.birth_date.isoformat(),
            "communication": [{"language": spoken(row.language), "preferred": True}] if row.language else [],
        }
    )


def doctors(reader: Reader) -> QuerySet[Doctor]:
    """Those whom everybody finds, and oneself."""
    found = Doctor.objects.filter(PRACTISING | Q(user=reader.user))
    return found.select_related("user", "clinic").prefetch_related("specialties")


def practitioner(row: Doctor, reader: Reader) -> Json:
    """Whoever holds visits, with the number in the medical register that staff have checked."""
    licence = concept(coding(f"{HL7}/v2-0203", "MD", "Medical License number"))
    user = row.user
    return lean(
        {
            "resourceType": "Practitioner",
            "id": id_of("Practitioner", row),
            "identifier": [{"type": licence, "value": row.number, "assigner": {"display": row.register}}],
            "active": row.is_practising,
            "name": [
                lean(
                    {
                        "use": "official",
                        "text": row.name,
                        "family": user.family_name,
                        "given": [user.given_name] if user.given_name else [],
                        "prefix": [row.title] if row.title else [],
                    }
                )
            ],
            "communication": [spoken(language) for language in row.languages],
        }
    )


def specialty(row: Specialty) -> Json:
    """A field of medicine, under the portal's own code."""
    return concept(coding(own_system("specialty"), row.slug, row.name), text=row.name)


def practitioner_role(row: Doctor, reader: Reader) -> Json:
    """A doctor at the clinic. People reach the clinic by its telephone, not the doctor."""
    return lean(
        {
            "resourceType": "PractitionerRole",
            "id": id_of("PractitionerRole", row),
            "active": row.is_practising,
            "practitioner": reference_to("Practitioner", row),
            "organization": reference_to("Organization", row.clinic),
            "code": [concept(coding(f"{HL7}/practitioner-role", "doctor", "Doctor"))],
            "specialty": [specialty(each) for each in row.specialties.all()],
            "telecom": [{"system": "phone", "value": row.clinic.phone, "use": "work"}],
            "availabilityExceptions": f"Times by the clock of {row.zone}" if row.zone else "",
        }
    )


@dataclass(frozen=True)
class OfDoctors(Token):
    """A specialty of the doctor whose key is in `field`; a doctor with two of those that are sought is found once."""

    def coded(self, code: str) -> Q:
        return Q(**{f"{self.field}__in": Doctor.objects.filter(specialties__slug=code).values("pk")})

    def any_code(self) -> Q:
        return Q(**{f"{self.field}__in": Doctor.objects.filter(specialties__isnull=False).values("pk")})


@dataclass(frozen=True)
class Spoken(Token):
    """One of the languages in a column that holds a list of them."""

    def coded(self, code: str) -> Q:
        return Q(**{f"{self.field}__contains": [code.lower()]})

    def any_code(self) -> Q:
        return ~Q(**{self.field: []})


def specialty_parameter(field: str = "pk") -> Token:
    return OfDoctors("specialty", field=field, system=own_system("specialty"))


def of_doctors(build: Any, *parameters: Any) -> Source:
    """What is shown of each doctor, under the same id in each type."""
    name, find = partial(id_of, "Practitioner"), partial(has_id, "Practitioner")
    return Source(Doctor, doctors, build, name, find, parameters)


PATIENT = Resource(
    "Patient",
    "Whose record is open to you; at the desk, everybody.",
    sources=(
        Source(
            model=Patient,
            rows=patients,
            build=patient,
            name=partial(id_of, "Patient"),
            find=partial(has_id, "Patient"),
            patient="",
            parameters=(
                own_identifier("patient", "uid"),
                Words("name", fields=("given_name", "family_name")),
                Words("family", "individual-family", fields=("family_name",)),
                Words("given", "individual-given", fields=("given_name",)),
                Birthday("birthdate", "individual-birthdate", field="birth_date"),
                Token("gender", "individual-gender", field="sex", system=f"{R4}/administrative-gender"),
                Token("phone", "individual-phone", field="phone"),
            ),
        ),
    ),
)
PRACTITIONER = Resource(
    "Practitioner",
    "The practising doctors, as everybody finds them.",
    sources=(
        of_doctors(
            practitioner,
            Token("identifier", field="number"),
            Words("name", fields=("user__given_name", "user__family_name")),
            Words("family", "individual-family", fields=("user__family_name",)),
            Words("given", "individual-given", fields=("user__given_name",)),
            Flag("active", holds=PRACTISING),
            Spoken("communication", field="languages", system=LANGUAGES),
        ),
    ),
    revincludes=("PractitionerRole:practitioner",),
)
PRACTITIONER_ROLE = Resource(
    "PractitionerRole",
    "The same doctors at their clinic, with their specialties.",
    sources=(
        of_doctors(
            practitioner_role,
            Reference("practitioner", targets=(Target("Practitioner"),)),
            Reference("organization", targets=(Target("Organization", "clinic"),)),
            specialty_parameter(),
            Flag("active", holds=PRACTISING),
        ),
    ),
    includes=("practitioner", "organization"),
)
