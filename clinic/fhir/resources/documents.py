"""Documents: files of a record, and PDFs of prescriptions. Their bytes are read as Binary, under the same id."""

from dataclasses import dataclass
from typing import Any

from django.db.models import Q, QuerySet
from django.utils.translation import gettext

from clinic.fhir.datatypes import R4, Json, coding, concept, identifier, instant, lean, own_system, reference
from clinic.fhir.names import reference_to
from clinic.fhir.parameters import (
    EVERYTHING,
    NOTHING,
    Always,
    Among,
    Date,
    Parameter,
    Reference,
    Target,
    Token,
    patient_parameters,
)
from clinic.fhir.reader import Reader
from clinic.fhir.resource import Resource, Source
from clinic.people.models import Chart, Patient
from clinic.record.permissions import open_to
from prescriptions.models import Prescription

LOINC = "http://loinc.org"
PRESCRIPTION = coding(LOINC, "57833-6", "Prescription for medication")
STATUS_SYSTEM = f"{R4}/document-reference-status"


@dataclass(frozen=True)
class Ids:
    """The ids of one source: a column's, behind what tells them from those of the other source."""

    prefix: str
    field: str

    def of(self, row: Any) -> str:
        return f"{self.prefix}{getattr(row, self.field)}"

    def find(self, name: str) -> Q | None:
        return Q(**{self.field: name.removeprefix(self.prefix)}) if name.startswith(self.prefix) else None

    @property
    def parameter(self) -> Token:
        return Token(
            "identifier",
            "clinical-identifier",
            field=self.field,
            system=own_system("document"),
            code_of=lambda code: code.removeprefix(self.prefix),
        )


CHART, PDF = Ids("chart-", "uid"), Ids("prescription-", "reference")


def charts(reader: Reader) -> QuerySet[Chart]:
    """Files of records that are open to the reader."""
    found = Chart.objects.current().filter(patient__in=open_to(reader.user, reader.at).values("pk"))
    return found.select_related("patient", "uploaded_by__doctor", "visit_chart__visit")


def prescriptions(reader: Reader) -> QuerySet[Prescription]:
    """Prescriptions as they were given; drafts have no PDF."""
    found = Prescription.objects.visible_to(reader.user).given().order_by()
    return found.select_related("patient", "doctor__user", "appointment__visit").prefetch_related("medicines")


def chart(row: Chart, reader: Reader) -> Json:
    visit = row.visit_chart.visit if hasattr(row, "visit_chart") else None
    return lean(
        {
            **document(CHART.of(row), row.patient),
            "meta": {"lastUpdated": instant(row.uploaded_at)},
            "status": "current",
            "type": concept(text=gettext("File of the record")),
            "date": instant(row.uploaded_at),
            "author": [author(row)],
            "description": row.title,
            "content": content(CHART.of(row), reader, row.content_type, size=row.size, title=row.file_name),
            "context": {"encounter": [reference_to("Encounter", visit)]} if visit else {},
        }
    )


def prescription(row: Prescription, reader: Reader) -> Json:
    """A revoked one is superseded, whether or not there is another in its place."""
    name, visit = PDF.of(row), getattr(row.appointment, "visit", None)
    is_revoked = row.status == Prescription.Status.REVOKED
    related = [reference("MedicationRequest", f"{row.reference}-{each.position}") for each in row.medicines.all()]
    issued_at = instant(row.issued_at)
    return lean(
        {
            **document(name, row.patient),
            "meta": {"lastUpdated": instant(row.updated_at)},
            "status": "superseded" if is_revoked else "current",
            "type": concept(PRESCRIPTION, text=gettext("Prescription")),
            "date": issued_at,
            "author": [reference_to("Practitioner", row.doctor)],
            "content": content(name, reader, "application/pdf", title=row.file_name, creation=issued_at),
            "context": lean({"encounter": [reference_to("Encounter", visit)] if visit else [], "related": related}),
        }
    )


def document(name: str, patient: Patient) -> Json:
    """What all documents have in common."""
    return {
        "resourceType": "DocumentReference",
        "id": name,
        "identifier": [identifier("document", name)],
        "docStatus": "final",
        "subject": reference_to("Patient", patient),
    }


def content(name: str, reader: Reader, content_type: str, **facts: Any) -> list[Json]:
    """Where the bytes are."""
    return [{"attachment": {"contentType": content_type, "url": f"{reader.base}/Binary/{name}", **facts}}]


def author(row: Chart) -> Json:
    """Who has put the file in; a reference only to whom the portal knows as patient or doctor."""
    user = row.uploaded_by
    if user.is_doctor:
        return reference_to("Practitioner", user.doctor)
    if row.patient.user_id == user.pk:
        return reference_to("Patient", row.patient)
    return {"display": user.full_name or gettext("Somebody who acts for the patient")}


def parameters(
    ids: Ids, *, date: str, author: str, encounter: str, statuses: dict[str, Q], coded: Q, content_type: Parameter
) -> tuple[Parameter, ...]:
    """The same for both sources, each where it has it. `coded` holds where the type is that of a prescription."""
    return (
        ids.parameter,
        *patient_parameters("patient"),
        Reference("author", targets=(Target("Practitioner", author),)),
        Reference("encounter", "clinical-encounter", targets=(Target("Encounter", encounter),)),
        Date("date", field=date),
        Among("status", system=STATUS_SYSTEM, conditions=statuses),
        Among("type", "clinical-type", system=LOINC, conditions={PRESCRIPTION["code"]: coded}),
        content_type,
    )


CHARTS = Source(
    model=Chart,
    rows=charts,
    build=chart,
    name=CHART.of,
    find=CHART.find,
    changed="uploaded_at",
    patient="patient",
    parameters=parameters(
        CHART,
        date="uploaded_at",
        author="uploaded_by__doctor",
        encounter="visit_chart__visit",
        statuses={"current": EVERYTHING, "superseded": NOTHING},
        coded=NOTHING,
        content_type=Token("contenttype", field="content_type"),
    ),
)
PDFS = Source(
    model=Prescription,
    rows=prescriptions,
    build=prescription,
    name=PDF.of,
    find=PDF.find,
    changed="updated_at",
    patient="patient",
    parameters=parameters(
        PDF,
        date="issued_at",
        author="doctor",
        encounter="appointment__visit",
        statuses={
            "current": Q(status=Prescription.Status.ISSUED),
            "superseded": Q(status=Prescription.Status.REVOKED),
        },
        coded=EVERYTHING,
        content_type=Always("contenttype", code="application/pdf"),
    ),
)
DOCUMENT_REFERENCE = Resource(
    "DocumentReference",
    "Files of records that are open to you, and prescriptions as they were given.",
    sources=(CHARTS, PDFS),
    includes=("patient", "subject", "author", "encounter"),
)
