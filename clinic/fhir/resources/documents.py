"""Documents: files of a record, and PDFs of prescriptions. Their bytes are read as Binary, under the same id."""

from collections.abc import Callable
from typing import Any

from django.db.models import Q, QuerySet
from django.utils.translation import gettext

from clinic.fhir import names
from clinic.fhir.datatypes import R4, Json, coding, concept, identifier, instant, lean, own_system, reference
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
CHART, PDF = "chart-", "prescription-"


def named(prefix: str, field: str) -> Callable[[str], Q | None]:
    """What finds a row by ids that begin with `prefix`."""

    def find(name: str) -> Q | None:
        return Q(**{field: name.removeprefix(prefix)}) if name.startswith(prefix) else None

    return find


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
            **document(chart_named(row), row.patient),
            "meta": {"lastUpdated": instant(row.uploaded_at)},
            "status": "current",
            "type": concept(text=gettext("File of the record")),
            "date": instant(row.uploaded_at),
            "author": [author(row)],
            "description": row.title,
            "content": content(chart_named(row), reader, row.content_type, size=row.size, title=row.file_name),
            "context": {"encounter": [reference("Encounter", visit.uid)]} if visit else {},
        }
    )


def prescription(row: Prescription, reader: Reader) -> Json:
    """A revoked one is superseded, whether or not there is another in its place."""
    name, visit = prescription_named(row), getattr(row.appointment, "visit", None)
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
            "author": [reference("Practitioner", names.id_of_slug(row.doctor.slug), row.doctor.name)],
            "content": content(name, reader, "application/pdf", title=row.file_name, creation=issued_at),
            "context": lean({"encounter": [reference("Encounter", visit.uid)] if visit else [], "related": related}),
        }
    )


def document(name: str, patient: Patient) -> Json:
    """What all documents have in common."""
    return {
        "resourceType": "DocumentReference",
        "id": name,
        "identifier": [identifier("document", name)],
        "docStatus": "final",
        "subject": reference("Patient", patient.uid, patient.name),
    }


def content(name: str, reader: Reader, content_type: str, **facts: Any) -> list[Json]:
    """Where the bytes are."""
    return [{"attachment": {"contentType": content_type, "url": f"{reader.base}/Binary/{name}", **facts}}]


def author(row: Chart) -> Json:
    """Who has put the file in; a reference only to whom the portal knows as patient or doctor."""
    user = row.uploaded_by
    if user.is_doctor:
        return reference("Practitioner", names.id_of_slug(user.doctor.slug), user.doctor.name)
    if row.patient.user_id == user.pk:
        return reference("Patient", row.patient.uid, row.patient.name)
    return {"display": user.full_name or gettext("Somebody who acts for the patient")}


def chart_named(row: Chart) -> str:
    return f"{CHART}{row.uid}"


def prescription_named(row: Prescription) -> str:
    return f"{PDF}{row.reference}"


def parameters(
    *, name: Token, date: str, author: str, encounter: str, statuses: dict[str, Q], coded: Q, content_type: Parameter
) -> tuple[Parameter, ...]:
    """The same for both sources, each where it has it. `coded` holds where the type is that of a prescription."""
    return (
        name,
        *patient_parameters("patient"),
        Reference("author", targets=(Target("Practitioner", author),)),
        Reference("encounter", "clinical-encounter", targets=(Target("Encounter", encounter),)),
        Date("date", field=date),
        Among("status", system=STATUS_SYSTEM, conditions=statuses),
        Among("type", "clinical-type", system=LOINC, conditions={PRESCRIPTION["code"]: coded}),
        content_type,
    )


IDENTIFIER = {"name": "identifier", "shared": "clinical-identifier", "system": own_system("document")}
CHARTS = Source(
    model=Chart,
    rows=charts,
    build=chart,
    name=chart_named,
    find=named(CHART, "uid"),
    changed="uploaded_at",
    patient="patient",
    parameters=parameters(
        name=Token(**IDENTIFIER, field="uid", code_of=lambda code: code.removeprefix(CHART)),
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
    name=prescription_named,
    find=named(PDF, "reference"),
    changed="updated_at",
    patient="patient",
    parameters=parameters(
        name=Token(**IDENTIFIER, field="reference", code_of=lambda code: code.removeprefix(PDF)),
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
