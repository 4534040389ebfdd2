"""Encounters: what a video visit leaves."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime
from functools import partial
from typing import Any

from django.db.models import Case, Exists, OuterRef, Prefetch, Q, QuerySet, Subquery, Value, When
from django.db.models.functions import Greatest

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
    period,
    video_visit,
)
from clinic.fhir.names import has_id, id_of, reference_to
from clinic.fhir.parameters import Always, Date, Reference, Target, Token, own_identifier, patient_parameters
from clinic.fhir.reader import Reader
from clinic.fhir.resource import Resource, Source
from televisit.models import Attendance, Participant, Visit, VisitEvent
from televisit.models.choices import PATIENT_SIDE, Role

from .appointments import is_ahead

Kind = VisitEvent.Kind
TELLING = (Kind.BY_PHONE, Kind.REOPENED, Kind.ENDED, Kind.EXPIRED, Kind.CANCELLED)
WAS_HELD = Q(had_doctor=True, had_patient=True) | Q(by_phone=True)
IS_OVER = Q(status__in=[Visit.Status.ENDED, Visit.Status.CANCELLED])
STATUSES = {  # in this order: the first that holds
    "finished": Q(status=Visit.Status.ENDED) & WAS_HELD,
    "cancelled": IS_OVER,
    "in-progress": Q(status=Visit.Status.ACTIVE) & WAS_HELD,
    "arrived": Q(has_come=True),
}
NOT_YET = Value("planned")
PERFORMER = (f"{HL7}/v3-ParticipationType", "PPRF", "primary performer")
PARTICIPATION = (f"{HL7}/v3-ParticipationType", "PART", "Participation")
TRANSLATOR = (f"{HL7}/participant-type", "translator", "Translator")


def visits(reader: Reader) -> QuerySet[Visit]:
    """Those of which the reader may know, with all that the history is made of, and what only searches ask for."""
    mine = Attendance.objects.filter(participant__visit=OuterRef("pk"))
    seats = Participant.objects.filter(visit=OuterRef("pk"), role__in=PATIENT_SIDE)
    events = VisitEvent.objects.filter(visit=OuterRef("pk"))
    last_event_at = Subquery(events.order_by("-at").values("at")[:1])
    found = Visit.objects.visible_to(reader.user).annotate(last_event_at=last_event_at)
    found = found.alias(
        had_doctor=Exists(mine.filter(participant__role=Role.DOCTOR)),
        had_patient=Exists(mine.filter(participant__role__in=PATIENT_SIDE)),
        has_come=Exists(seats.filter(Q(waiting_since__isnull=False) | Q(attendances__isnull=False))),
        by_phone=Exists(events.filter(kind=Kind.BY_PHONE)),
        changed_at=Greatest("updated_at", "last_event_at"),
    )
    found = found.alias(
        fhir_status=Case(*(When(condition, then=Value(code)) for code, condition in STATUSES.items()), default=NOT_YET)
    )
    telling = Prefetch("events", VisitEvent.objects.filter(kind__in=TELLING).order_by("at", "pk"), to_attr="telling")
    parties = found.select_related("appointment__patient", "host__user", "clinic")
    return parties.prefetch_related("participants__attendances", telling)


def encounter(row: Any, reader: Reader) -> Json:
    """The visit: who came and from when to when, and where one meets while it is not over."""
    past = history(row)
    patient = row.appointment.patient
    return lean(
        {
            "resourceType": "Encounter",
            "id": id_of("Encounter", row),
            "meta": {"lastUpdated": instant(latest(row.updated_at, row.last_event_at))},
            "extension": [meeting("Encounter", row.get_absolute_url())] if is_ahead(row) else [],
            "identifier": [identifier("visit", row.uid)],
            "status": past[-1].status,
            "statusHistory": [step.as_past() for step in past[:-1]],
            "class": coding(f"{HL7}/v3-ActCode", "VR", "virtual"),
            "serviceType": video_visit(),
            "subject": reference_to("Patient", patient) if patient else {},
            "participant": list(participants(row)),
            "appointment": [reference_to("Appointment", row.appointment)],
            "period": held(past),
            "serviceProvider": reference_to("Organization", row.clinic),
        }
    )


@dataclass(frozen=True)
class Step:
    """A status, and from when until when it held; until None for the one that holds."""

    status: str
    start: datetime
    end: datetime | None = None

    def as_past(self) -> Json:
        return {"status": self.status, "period": period(self.start, self.end)}


def history(row: Any) -> list[Step]:
    """Every status that the visit has had, the last one open."""
    changes = sorted(turns(row), key=lambda turn: turn[0])
    kept = [
        turn for before, turn in zip([None, *changes], changes, strict=False) if before is None or before[1] != turn[1]
    ]
    ends: list[datetime | None] = [at for at, _status in kept[1:]]
    return [Step(status, at, end) for (at, status), end in zip(kept, [*ends, None], strict=True)]


def turns(row: Any) -> Iterator[tuple[datetime, str]]:
    """When the visit came to which status."""
    met_at, came_at = when_held(row), when_patient_came(row)
    yield row.created_at, "planned"
    if came_at is not None and (met_at is None or came_at < met_at):
        yield came_at, "arrived"
    if met_at is not None:
        yield met_at, "in-progress"
    for event in row.telling:
        is_held = met_at is not None and met_at <= event.at
        if event.kind == Kind.REOPENED and is_held:
            yield event.at, "in-progress"
        elif event.kind in {Kind.ENDED, Kind.EXPIRED, Kind.CANCELLED}:
            yield event.at, "finished" if is_held else "cancelled"


def when_held(row: Any) -> datetime | None:
    """When practitioner and patient were both there for the first time, or the call by phone began."""
    if row.started_at is None:
        return None
    by_phone = [event.at for event in row.telling if event.kind == Kind.BY_PHONE]
    came = [first_join(row, {Role.DOCTOR}), first_join(row, set(PATIENT_SIDE))]
    both = [max(at for at in (*came, row.started_at) if at)] if all(came) else []
    return min([*both, *by_phone], default=None)


def when_patient_came(row: Any) -> datetime | None:
    """When somebody of the patient's side came to the waiting room or into the room."""
    waited = [seat.waiting_since for seat in row.participants.all() if seat.role in PATIENT_SIDE and seat.waiting_since]
    return min(filter(None, [*waited, first_join(row, set(PATIENT_SIDE))]), default=None)


def first_join(row: Any, roles: set[Any]) -> datetime | None:
    joins = [each.joined_at for seat in row.participants.all() if seat.role in roles for each in seat.attendances.all()]
    return min(joins, default=None)


def held(past: list[Step]) -> Json:
    """From when practitioner and patient were together until the end."""
    begun = [step.start for step in past if step.status == "in-progress"]
    if not begun:
        return {}
    return period(begun[0], past[-1].start if past[-1].status == "finished" else None)


def participants(row: Any) -> Iterator[Json]:
    """The practitioner, and who else had a seat, but for the patient, who is the subject."""
    seats = list(row.participants.all())
    host = next((seat for seat in seats if seat.role == Role.DOCTOR and seat.user_id == row.host.user_id), None)
    doctor = reference_to("Practitioner", row.host)
    yield lean({"type": [concept(coding(*PERFORMER))], "period": presence(host), "individual": doctor})
    for seat in seats:
        if seat.role not in {Role.DOCTOR, Role.PATIENT}:
            part = TRANSLATOR if seat.role == Role.INTERPRETER else PARTICIPATION
            person = {"type": "RelatedPerson", "display": seat.name}
            about = concept(coding(*part), text=seat.get_role_display())
            yield lean({"type": [about], "period": presence(seat), "individual": person})


def presence(seat: Participant | None) -> Json:
    """From when somebody first sat in the room until they last left it."""
    rows = list(seat.attendances.all()) if seat else []
    if not rows:
        return {}
    left = [each.left_at for each in rows]
    return period(min(each.joined_at for each in rows), None if None in left else max(at for at in left if at))


ENCOUNTER = Resource(
    "Encounter",
    "The video visits of which you may know.",
    sources=(
        Source(
            model=Visit,
            rows=visits,
            build=encounter,
            name=partial(id_of, "Encounter"),
            find=partial(has_id, "Encounter"),
            changed="changed_at",
            patient="appointment.patient",
            parameters=(
                own_identifier("visit", "uid", shared="clinical-identifier"),
                *patient_parameters("appointment__patient"),
                Reference("practitioner", targets=(Target("Practitioner", "host"),)),
                Reference("participant", targets=(Target("Practitioner", "host"),)),
                Reference("appointment", targets=(Target("Appointment", "appointment"),)),
                Reference("service-provider", targets=(Target("Organization", "clinic"),)),
                Date("date", "clinical-date", field="started_at", until="ended_at"),
                Token("status", field="fhir_status", system=f"{R4}/encounter-status"),
                Always("class", system=f"{HL7}/v3-ActCode", code="VR"),
            ),
        ),
    ),
    includes=("patient", "subject", "practitioner", "appointment", "service-provider"),
    revincludes=("MedicationRequest:encounter", "DocumentReference:encounter"),
)
