"""Medicines of prescriptions: one MedicationRequest for each line, those of one prescription as a group."""

import re

from django.db.models import Q, QuerySet

from clinic.fhir.datatypes import (
    HL7,
    R4,
    Json,
    coding,
    concept,
    days,
    identifier,
    instant,
    lean,
    number,
    own_system,
    quantity,
)
from clinic.fhir.names import reference_to
from clinic.fhir.parameters import Always, Among, Date, Reference, Target, Token, patient_parameters
from clinic.fhir.reader import Reader
from clinic.fhir.resource import Resource, Source
from prescriptions.models import Medicine, Prescription

NAME = re.compile(r"(?P<reference>[0-9A-Z]{8})-(?P<position>\d{1,4})", re.ASCII)
STATUSES = {
    Prescription.Status.DRAFT: "draft",
    Prescription.Status.ISSUED: "active",
    Prescription.Status.REVOKED: "stopped",
}


def medicines(reader: Reader) -> QuerySet[Medicine]:
    """Those of prescriptions that the reader may read: what a patient was given, what a doctor wrote."""
    visible = Prescription.objects.visible_to(reader.user).order_by().values("pk")
    found = Medicine.objects.filter(prescription__in=visible).select_related(
        "prescription__patient",
        "prescription__doctor__user",
        "prescription__appointment__visit",
        "prescription__replaces",
    )
    return found.defer("prescription__pdf", "prescription__replaces__pdf")


def medicine_named(row: Medicine) -> str:
    return f"{row.prescription.reference}-{row.position}"


def medicine_with(name: str) -> Q | None:
    found = NAME.fullmatch(name)
    return Q(prescription__reference=found["reference"], position=int(found["position"])) if found else None


def medication_request(row: Medicine, reader: Reader) -> Json:
    """A medicine as it was prescribed, in the doctor's words: the portal ships no catalogue of medicines."""
    sheet = row.prescription
    visit = getattr(sheet.appointment, "visit", None)
    return lean(
        {
            "resourceType": "MedicationRequest",
            "id": medicine_named(row),
            "meta": {"lastUpdated": instant(sheet.updated_at)},
            "identifier": [identifier("medicine", medicine_named(row))],
            "status": STATUSES[Prescription.Status(sheet.status)],
            "statusReason": concept(text=sheet.revoke_reason),
            "intent": "order",
            "category": [concept(coding(f"{HL7}/medicationrequest-category", "outpatient", "Outpatient"))],
            "medicationCodeableConcept": concept(text=product(row)),
            "subject": reference_to("Patient", sheet.patient),
            "encounter": reference_to("Encounter", visit) if visit else {},
            "authoredOn": instant(sheet.issued_at or sheet.created_at),
            "requester": reference_to("Practitioner", sheet.doctor),
            "reasonCode": [concept(text=sheet.diagnosis)] if sheet.diagnosis else [],
            "groupIdentifier": identifier("prescription", sheet.reference),
            "note": [{"text": sheet.advice}] if sheet.advice else [],
            "dosageInstruction": [dosage(row)],
            "dispenseRequest": dispensing(row),
            "substitution": substitution(row),
            "priorPrescription": prior(sheet),
        }
    )


def product(row: Medicine) -> str:
    """ "Amoxicillin 500 mg, capsule" """
    return " ".join(filter(None, [row.name, row.product, f"({row.brand})" if row.brand else ""]))


def dosage(row: Medicine) -> Json:
    bounds = {"repeat": {"boundsDuration": days(row.duration_days)}} if row.duration_days else {}
    return lean(
        {
            "text": row.dosage,
            "patientInstruction": row.instructions,
            "timing": {**bounds, "code": concept(text=row.frequency)},
            "route": concept(text=row.route),
            "doseAndRate": [{"doseQuantity": {"value": number(row.dose), "unit": row.dose_unit}}],
        }
    )


def dispensing(row: Medicine) -> Json:
    sheet = row.prescription
    until = sheet.valid_until.isoformat() if sheet.valid_until else ""
    return lean(
        {
            "validityPeriod": lean({"start": instant(sheet.issued_at), "end": until}),
            "numberOfRepeatsAllowed": row.refills,
            "quantity": quantity(row.quantity, row.quantity_unit),
            "expectedSupplyDuration": days(row.duration_days) if row.duration_days else {},
        }
    )


def substitution(row: Medicine) -> Json:
    return lean({"allowedBoolean": row.substitution_allowed, "reason": concept(text=row.brand_reason)})


def prior(sheet: Prescription) -> Json:
    """The prescription that this one replaces, by the name of the group: no line of it need be the same."""
    if sheet.replaces is None:
        return {}
    return {"type": "MedicationRequest", "identifier": identifier("prescription", sheet.replaces.reference)}


MEDICATION_REQUEST = Resource(
    "MedicationRequest",
    "What you were prescribed, or whom you act for; what you as a doctor have written.",
    sources=(
        Source(
            model=Medicine,
            rows=medicines,
            build=medication_request,
            name=medicine_named,
            find=medicine_with,
            changed="prescription__updated_at",
            patient="prescription.patient",
            parameters=(
                Token(
                    "identifier",
                    "clinical-identifier",
                    field="prescription__reference",
                    system=own_system("prescription"),
                ),
                *patient_parameters("prescription__patient"),
                Reference("requester", targets=(Target("Practitioner", "prescription__doctor"),)),
                Reference(
                    "encounter",
                    "medications-encounter",
                    targets=(Target("Encounter", "prescription__appointment__visit"),),
                ),
                Date("authoredon", field="prescription__issued_at"),
                Among(
                    "status",
                    "medications-status",
                    system=f"{R4}/CodeSystem/medicationrequest-status",
                    conditions={code: Q(prescription__status=status) for status, code in STATUSES.items()},
                ),
                Always("intent", system=f"{R4}/CodeSystem/medicationrequest-intent", code="order"),
            ),
        ),
    ),
    includes=("patient", "subject", "requester", "encounter"),
)
