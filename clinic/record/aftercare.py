"""What the patient takes home from one visit."""

from dataclasses import dataclass
from datetime import date, datetime
from functools import cached_property

from appointments.models import Appointment, Outcome
from clinic.people.models import Chart
from prescriptions.models import Prescription
from televisit.models import Advice, Note

HELD = {Appointment.Status.IN_PROGRESS, Appointment.Status.COMPLETED}


@dataclass(frozen=True)
class Aftercare:
    """The patient's summary of `appointment`. Each part is read when asked for."""

    appointment: Appointment

    @property
    def held_at(self) -> datetime:
        """When it was booked for; one without a time, when it was asked for."""
        return self.appointment.starts_at or self.appointment.created_at

    @cached_property
    def outcome(self) -> Outcome | None:
        return Outcome.objects.filter(appointment=self.appointment).first()

    @cached_property
    def advice(self) -> Advice | None:
        return Advice.objects.filter(visit__appointment=self.appointment).first()

    @cached_property
    def prescriptions(self) -> list[Prescription]:
        """What was prescribed and not revoked, with its medicines."""
        given = Prescription.objects.given().not_revoked().filter(appointment=self.appointment)
        return list(given.prefetch_related("medicines"))

    @cached_property
    def notes(self) -> list[Note]:
        """Those that the doctor shares, addenda after their note."""
        shared = Note.objects.shared().filter(visit__appointment=self.appointment)
        return list(shared.select_related("author__user").order_by("signed_at", "pk"))

    @cached_property
    def charts(self) -> list[Chart]:
        """Files that were brought to the visit."""
        brought = Chart.objects.current().filter(visit_chart__visit__appointment=self.appointment)
        return list(brought.select_related("uploaded_by"))

    @cached_property
    def follow_up_on(self) -> date | None:
        """The earliest of the days that were named."""
        named = [self.advice, *self.prescriptions]
        days = [each.follow_up_on for each in named if each and each.follow_up_on]
        return min(days, default=None)

    @property
    def is_empty(self) -> bool:
        """Whether the doctor has written nothing yet that the patient may read."""
        return not (self.advice or self.prescriptions or self.notes or self.outcome)
