"""Record: all that is known of one patient, as one reader may read it."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, datetime
from functools import cached_property
from typing import Any

from django.db.models import QuerySet
from django.utils import timezone

from appointments.models import Appointment
from clinic.people.models import Chart, Doctor, Patient
from clinic.people.models.history import HistoryEntry
from prescriptions.models import Prescription
from televisit.models import Note

from .kinds import KINDS, Kind
from .timeline import Timeline

PAST = (Appointment.Status.COMPLETED, Appointment.Status.NO_SHOW)


@dataclass(frozen=True)
class Section:
    """The entries of one kind: those that hold, and those that were struck out."""

    kind: Kind
    current: list[HistoryEntry]
    struck_out: list[HistoryEntry]


@dataclass(frozen=True)
class Record:
    """Opened by `doctor`, or from the patient's own side where that is None. Each part is read when asked for."""

    patient: Patient
    doctor: Doctor | None
    at: datetime

    @cached_property
    def age(self) -> int:
        return self.patient.age(self.today)

    @property
    def today(self) -> date:
        """The day on the reader's calendar."""
        return timezone.localdate(self.at)

    @cached_property
    def allergies(self) -> Section:
        return self.section("allergies")

    @cached_property
    def conditions(self) -> Section:
        return self.section("conditions")

    @cached_property
    def medicines(self) -> Section:
        return self.section("medicines")

    @property
    def history(self) -> list[Section]:
        return [self.allergies, self.conditions, self.medicines]

    def section(self, slug: str) -> Section:
        return Section(KINDS[slug], *split(self.entries(slug), lambda entry: entry.ended_at is None))

    def entries(self, slug: str) -> QuerySet[Any]:
        """All of a kind, struck out or not."""
        return KINDS[slug].model.objects.filter(patient=self.patient).with_names()

    def prescriptions_given(self) -> QuerySet[Prescription]:
        """What the patient was given, with its medicines, latest first."""
        given = Prescription.objects.given().filter(patient=self.patient)
        return given.select_related("doctor__user").prefetch_related("medicines")

    @cached_property
    def prescriptions(self) -> list[Prescription]:
        return list(self.prescriptions_given())

    @property
    def prescriptions_not_revoked(self) -> list[Prescription]:
        return [each for each in self.prescriptions if each.status == Prescription.Status.ISSUED]

    def visits_held(self) -> QuerySet[Appointment]:
        """Visits that were held or missed, latest first."""
        held = self.patient.appointments.filter(status__in=PAST)
        return held.select_related("doctor__user").order_by("-starts_at")

    @cached_property
    def visits(self) -> list[Appointment]:
        return list(self.visits_held())

    def notes_signed(self) -> QuerySet[Note]:
        """Signed notes, latest first: all for a doctor, those that were shared for the patient."""
        signed = Note.objects.filter(visit__appointment__patient=self.patient, signed_at__isnull=False)
        readable = signed if self.doctor else signed.filter(shared_at__isnull=False)
        return readable.select_related("author__user").order_by("-signed_at")

    def charts_kept(self) -> QuerySet[Chart]:
        """Files that were not deleted."""
        return self.patient.charts.current().select_related("uploaded_by")

    @cached_property
    def charts(self) -> list[Chart]:
        return list(self.charts_kept())

    def timeline(self, *, shown: str, page: int) -> Timeline:
        """A page of what happened, narrowed to `shown`."""
        return Timeline(self, shown, page)

    def reason(self, reference: str = "") -> Appointment | None:
        """What the doctor sees the patient about: the appointment with this reference, else the next one."""
        mine = self.patient.appointments.filter(doctor=self.doctor)
        if reference:
            return mine.filter(reference=reference).first()
        return mine.upcoming(self.at).first()


def split(entries: Iterable[Any], holds: Any) -> tuple[list[Any], list[Any]]:
    """`entries` in two lists: those for which `holds` is true, and the others."""
    sides: tuple[list[Any], list[Any]] = ([], [])
    for entry in entries:
        sides[not holds(entry)].append(entry)
    return sides
