"""Appointments."""

from dataclasses import dataclass
from functools import partial
from typing import Any

from django.db.models import Min, OuterRef, Prefetch, Q, QuerySet, Subquery
from django.db.models.functions import Greatest

from appointments.models import Appointment, AppointmentEvent
from appointments.models.choices import EndReason, Reason
from appointments.models.choices import Status as Ours
from appointments.permissions import can_read_symptoms
from clinic.fhir.datatypes import (
    HL7,
    R4,
    Json,
    coding,
    concept,
    identifier,
    instant,
    latest,
    lean,
    meeting,
    own_system,
    video_visit,
)
from clinic.fhir.names import has_id, id_of, reference_to
from clinic.fhir.parameters import Among, Date, Reference, Target, own_identifier
from clinic.fhir.reader import Reader
from clinic.fhir.resource import Resource, Source
from clinic.people.models import Doctor
from televisit.models import Participant, Visit
from televisit.models.choices import PATIENT_SIDE

from .calendar import SERVICE_TYPE
from .people import specialty


@dataclass(frozen=True)
class Told:
    """What FHIR tells as one status: some of ours, of which two are told apart by whether a column is empty."""

    ours: tuple[Ours, ...]
    column: str = ""
    is_empty: bool = False

    @property
    def condition(self) -> Q:
        told = {f"{self.column}__isnull": self.is_empty} if self.column else {}
        return Q(status__in=self.ours, **told)

    def holds(self, row: Any) -> bool:
        """The same for one row, without asking the database."""
        return row.status in self.ours and (not self.column or (getattr(row, self.column) is None) == self.is_empty)


STATUSES = {
    "proposed": Told((Ours.REQUESTED,), "period", is_empty=True),  # an emergency; app-3: the others need a time
    "pending": Told((Ours.REQUESTED,), "period"),
    "booked": Told((Ours.CONFIRMED,), "came_at", is_empty=True),
    "arrived": Told((Ours.CONFIRMED,), "came_at"),
    "checked-in": Told((Ours.IN_PROGRESS,)),
    "fulfilled": Told((Ours.COMPLETED,)),
    "noshow": Told((Ours.NO_SHOW,)),
    "cancelled": Told((Ours.DECLINED, Ours.CANCELLED, Ours.EXPIRED)),
}
CONDITIONS = {code: told.condition for code, told in STATUSES.items()}
ENDED = {  # HL7's nearest code for our reason
    EndReason.SCHEDULE_CONFLICT: ("pat", "Patient"),
    EndReason.FEELING_BETTER: ("pat-fb", "Patient: Feeling Better"),
    EndReason.BOOKED_ELSEWHERE: ("pat-ucp", "Patient: Unhappy/Changed Provider"),
    EndReason.MISTAKE: ("oth-oerr", "Other: Schedule Order Error"),
    EndReason.DOCTOR_UNAVAILABLE: ("prov", "Provider"),
    EndReason.NEEDS_IN_PERSON: ("prov", "Provider"),
    EndReason.DUPLICATE: ("oth-oerr", "Other: Schedule Order Error"),
    EndReason.PATIENT_REQUEST: ("pat", "Patient"),
    EndReason.CLINIC_MISSED: ("prov", "Provider"),
    EndReason.OTHER: ("other", "Other"),
}
NO_ANSWER = ("prov", "Provider")
KINDS = {"EMERGENCY": "Emergency appointment", "FOLLOWUP": "A follow up visit from a previous appointment"}
ROUTINE = "Routine appointment - default if not valued"


def appointments(reader: Reader) -> QuerySet[Appointment]:
    """Those of which the reader may know, with when the patient came to the waiting room."""
    seats = Participant.objects.filter(visit__appointment=OuterRef("pk"), role__in=PATIENT_SIDE).order_by()
    came_at = Subquery(seats.values("visit").annotate(first=Min("waiting_since")).values("first"))
    cancelled = AppointmentEvent.objects.filter(kind=AppointmentEvent.Kind.CANCELLED).select_related("actor")
    doctors = Doctor.objects.select_related("user").prefetch_related("specialties")
    found = Appointment.objects.visible_to(reader.user).annotate(came_at=came_at)
    along = found.alias(changed_at=Greatest("updated_at", "came_at")).with_visits()
    along = along.select_related("patient", "slot", "specialty").defer("end_note", "slot__period")
    return along.prefetch_related(Prefetch("doctor", doctors), Prefetch("events", cancelled, to_attr="cancellings"))


def appointment(row: Any, reader: Reader) -> Json:
    """What a patient has with a doctor; why they come is told to these two only, as in the portal."""
    visit = getattr(row, "visit", None)
    return lean(
        {
            "resourceType": "Appointment",
            "id": id_of("Appointment", row),
            "meta": {"lastUpdated": instant(latest(row.updated_at, row.came_at))},
            "extension": [meeting("Appointment", visit.get_absolute_url())] if is_ahead(visit) else [],
            "identifier": [identifier("appointment", row.reference)],
            "status": next(code for code, told in STATUSES.items() if told.holds(row)),
            "cancelationReason": reason_of_end(row),
            "serviceType": [video_visit()],
            "specialty": [specialty(each) for each in specialties(row)],
            "appointmentType": kind(row),
            "reasonCode": [reason(row, reader)],
            "start": instant(row.starts_at),
            "end": instant(row.ends_at),
            "minutesDuration": row.minutes or None,
            "slot": [reference_to("Slot", row.slot)] if row.slot else [],
            "created": instant(row.created_at),
            "participant": participants(row),
        }
    )


def is_ahead(visit: Visit | None) -> bool:
    """Whether there is still somewhere to go."""
    return visit is not None and visit.status in {Visit.Status.SCHEDULED, Visit.Status.ACTIVE}


def reason_of_end(row: Appointment) -> Json:
    """Why it was cancelled or declined; app-4: nothing else has a reason."""
    if row.status not in {Ours.CANCELLED, Ours.DECLINED, Ours.EXPIRED}:
        return {}
    code, display = ENDED.get(EndReason(row.end_reason), NO_ANSWER) if row.end_reason else NO_ANSWER
    own = coding(own_system("end-reason"), row.end_reason or row.status, row.get_end_reason_display())
    return concept(coding(f"{HL7}/appointment-cancellation-reason", code, display), own)


def specialties(row: Appointment) -> list[Any]:
    """What was asked for, else what the doctor is."""
    if row.specialty is not None:
        return [row.specialty]
    return list(row.doctor.specialties.all()) if row.doctor is not None else []


def kind(row: Appointment) -> Json:
    code = "EMERGENCY" if row.is_emergency else "FOLLOWUP" if row.reason_category == Reason.FOLLOW_UP else "ROUTINE"
    return concept(coding(f"{HL7}/v2-0276", code, KINDS.get(code, ROUTINE)))


def reason(row: Appointment, reader: Reader) -> Json:
    """The plain category; in words only for who may read the symptoms."""
    category = coding(own_system("reason"), row.reason_category, Reason(row.reason_category).label)
    may_read = can_read_symptoms(reader.user, row, acting_for=reader.acting_for)
    return concept(category, text=row.symptoms if may_read else "")


def participants(row: Any) -> list[Json]:
    """Patient and doctor, as far as they are known, and what each says to it."""
    patient_says, doctor_says = answers(row)
    people: list[Json] = []
    if row.patient is not None:
        people.append({"actor": reference_to("Patient", row.patient), "status": patient_says})
    if row.doctor is not None:
        performer = concept(coding(f"{HL7}/v3-ParticipationType", "PPRF", "primary performer"))
        actor = reference_to("Practitioner", row.doctor)
        people.append({"type": [performer], "actor": actor, "status": doctor_says})
    return [{**person, "required": "required"} for person in people]


def answers(row: Any) -> tuple[str, str]:
    """What the patient and the doctor say: who gave it up has declined."""
    if row.status in {Ours.REQUESTED, Ours.EXPIRED}:
        return "accepted", "needs-action"
    if row.status == Ours.DECLINED:
        return "accepted", "declined"
    if row.status != Ours.CANCELLED:
        return "accepted", "accepted"
    by = row.cancellings[-1].actor if row.cancellings else None
    return ("accepted", "declined") if by is None or row.is_of_clinic(by) else ("declined", "accepted")


APPOINTMENT = Resource(
    "Appointment",
    "Yours, of whom you act for, of your patients; at the desk, of your clinics.",
    sources=(
        Source(
            model=Appointment,
            rows=appointments,
            build=appointment,
            name=partial(id_of, "Appointment"),
            find=partial(has_id, "Appointment"),
            changed="changed_at",
            patient="patient",
            parameters=(
                own_identifier("appointment", "reference"),
                Reference("patient", targets=(Target("Patient", "patient"),)),
                Reference("practitioner", targets=(Target("Practitioner", "doctor"),)),
                Reference("actor", targets=(Target("Patient", "patient"), Target("Practitioner", "doctor"))),
                Reference("slot", targets=(Target("Slot", "slot"),)),
                Date("date", field="starts_at"),
                Among("status", system=f"{R4}/appointmentstatus", conditions=CONDITIONS),
                SERVICE_TYPE,
            ),
        ),
    ),
    includes=("patient", "practitioner", "actor", "slot"),
    revincludes=("Encounter:appointment",),
)
