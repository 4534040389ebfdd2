"""What a doctor has yet to finish: unsigned notes, drafts of prescriptions, visits without an outcome."""

from dataclasses import dataclass, field
from datetime import datetime

from appointments.models import Appointment
from clinic.people.models import Doctor
from prescriptions.models import Prescription
from televisit.models import Note

PARTIES = ("patient", "visit")


@dataclass
class Unfinished:
    """What is open of one `appointment`."""

    appointment: Appointment
    notes: list[Note] = field(default_factory=list)
    draft: Prescription | None = None
    needs_outcome: bool = False

    @property
    def begun_at(self) -> datetime:
        """When it was booked for; one without a time, when it was asked for."""
        return self.appointment.starts_at or self.appointment.created_at


def unfinished_of(doctor: Doctor) -> list[Unfinished]:
    """By appointment, the oldest first. Three queries."""
    found: dict[Appointment, Unfinished] = {}

    def of(appointment: Appointment) -> Unfinished:
        return found.setdefault(appointment, Unfinished(appointment))

    for note in Note.objects.unsigned().filter(author=doctor).select_related("visit__appointment__patient"):
        of(note.visit.appointment).notes.append(note)
    for draft in Prescription.objects.drafts().filter(doctor=doctor).select_related("appointment__patient"):
        of(draft.appointment).draft = draft
    for appointment in Appointment.objects.without_outcome().filter(doctor=doctor).select_related(*PARTIES):
        of(appointment).needs_outcome = True
    return sorted(found.values(), key=lambda each: each.begun_at)
