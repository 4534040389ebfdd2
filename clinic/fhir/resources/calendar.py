"""A doctor's calendar, and the times in it that can be booked."""

from datetime import datetime
from functools import partial

from django.db.models import Q, QuerySet

from appointments.models import Slot
from clinic.fhir.datatypes import HL7, ONLINE_SERVICE, Json, identifier, instant, lean, reference, video_visit
from clinic.fhir.names import has_id, id_of, reference_to
from clinic.fhir.parameters import Always, Among, Date, Flag, Reference, Target, own_identifier
from clinic.fhir.reader import Reader
from clinic.fhir.resource import Resource, Source
from clinic.people.models import Doctor

from .people import PRACTISING, of_doctors, specialty, specialty_parameter

SERVICE_TYPE = Always("service-type", system=f"{HL7}/service-type", code=ONLINE_SERVICE)


def schedule(row: Doctor, reader: Reader) -> Json:
    """The calendar of one doctor, which has the doctor's id."""
    return lean(
        {
            "resourceType": "Schedule",
            "id": id_of("Schedule", row),
            "active": row.is_practising,
            "serviceType": [video_visit()],
            "specialty": [specialty(each) for each in row.specialties.all()],
            "actor": [
                reference_to("Practitioner", row),
                reference("PractitionerRole", id_of("PractitionerRole", row)),
            ],
        }
    )


def slots(reader: Reader) -> QuerySet[Slot]:
    """What can be booked now; for the doctor and the desk, their other times too."""
    found = Slot.objects.bookable(reader.at)
    if reader.is_at_desk or reader.doctor is not None:
        own = Slot.objects.visible_to(reader.user).order_by().values("pk")
        found = Slot.objects.filter(Q(pk__in=own) | Q(pk__in=found.order_by().values("pk")))
    return found.select_related("doctor__user").prefetch_related("doctor__specialties")


def slot(row: Slot, reader: Reader) -> Json:
    return lean(
        {
            "resourceType": "Slot",
            "id": id_of("Slot", row),
            "identifier": [identifier("slot", row.uid)],
            "serviceType": [video_visit()],
            "specialty": [specialty(each) for each in row.doctor.specialties.all()],
            "schedule": reference_to("Schedule", row.doctor),
            "status": slot_status(row, reader.at),
            "start": instant(row.period.lower),
            "end": instant(row.period.upper),
        }
    )


def slot_status(row: Slot, at: datetime) -> str:
    """Held by somebody who is just booking: busy-tentative."""
    if row.status == Slot.Status.OPEN:
        return "busy-tentative" if row.is_held(at) else "free"
    return "busy" if row.status == Slot.Status.BOOKED else "busy-unavailable"


class Status(Among):
    """The same as conditions; which slots are held depends on when one asks."""

    def condition(self, value: str, modifier: str, reader: Reader) -> Q:
        held = Q(status=Slot.Status.OPEN, held_until__gt=reader.at)
        conditions = {
            "free": Q(status=Slot.Status.OPEN) & ~held,
            "busy-tentative": held,
            "busy": Q(status=Slot.Status.BOOKED),
            "busy-unavailable": Q(status__in=[Slot.Status.COVERED, Slot.Status.WITHDRAWN]),
        }
        return Among(self.name, system=self.system, conditions=conditions).condition(value, modifier, reader)


SCHEDULE = Resource(
    "Schedule",
    "The calendar of each practising doctor, under the doctor's id.",
    sources=(
        of_doctors(
            schedule,
            Reference("actor", targets=(Target("Practitioner"), Target("PractitionerRole"))),
            Flag("active", holds=PRACTISING),
            SERVICE_TYPE,
            specialty_parameter(),
        ),
    ),
    includes=("actor",),
)
SLOT = Resource(
    "Slot",
    "What can be booked now, soonest first; to a doctor and to the desk, their other times too.",
    sources=(
        Source(
            model=Slot,
            rows=slots,
            build=slot,
            name=partial(id_of, "Slot"),
            find=partial(has_id, "Slot"),
            order=("starts_at", "pk"),
            parameters=(
                own_identifier("slot", "uid"),
                Reference("schedule", targets=(Target("Schedule", "doctor"),)),
                Date("start", field="starts_at"),
                Status("status", system="http://hl7.org/fhir/slotstatus"),
                SERVICE_TYPE,
                specialty_parameter("doctor"),
            ),
        ),
    ),
    includes=("schedule",),
    is_counted=False,
)
