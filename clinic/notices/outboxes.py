"""The outboxes: event rows, written with the change they tell of, until notices were made of them."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.db import transaction

from appointments.models import AppointmentEvent
from prescriptions.models import PrescriptionEvent
from televisit.models import VisitEvent

from .models import Delivery, Notice
from .sources import notices_of_appointment, notices_of_prescription, notices_of_visit


@dataclass(frozen=True)
class Outbox:
    """A table of events with `announced_at`, and what is made of one."""

    events: Any  # the model
    notices_of: Callable[[Any], list[Notice]]

    @transaction.atomic
    def announce(self, pk: int, *, at: datetime) -> list[Delivery]:
        """Make the notices of the event `pk`. Gives what is to be sent; nothing if it was announced before.

        Safe to run again, and in two workers at once.
        """
        unannounced = self.events.objects.unannounced().select_for_update(skip_locked=True)
        event = unannounced.filter(pk=pk).first()
        if event is None:
            return []
        event.announced_at = at
        event.save(update_fields=["announced_at"])
        return Notice.objects.give(self.notices_of(event))

    def left_over(self, *, before: datetime, limit: int) -> list[int]:
        """The events of before that instant of which nobody has been told, the oldest first, at most `limit`."""
        waiting = self.events.objects.unannounced().filter(at__lte=before).order_by("at")
        return list(waiting.values_list("pk", flat=True)[:limit])


OUTBOXES = {
    "appointments": Outbox(AppointmentEvent, notices_of_appointment),
    "visits": Outbox(VisitEvent, notices_of_visit),
    "prescriptions": Outbox(PrescriptionEvent, notices_of_prescription),
}
