"""What the notices do on a fact: queue the task that tells people."""

from typing import Any

from django.db import transaction
from django.dispatch import receiver

from appointments.signals import appointment_changed
from prescriptions.signals import prescription_issued, prescription_revoked

from .tasks import announce


@receiver(appointment_changed, dispatch_uid="people hear of an appointment")
def announce_appointment(event: Any, **kwargs: Any) -> None:
    announce_once_it_is_so("appointments", event.pk)


@receiver([prescription_issued, prescription_revoked], dispatch_uid="people hear of a prescription")
def announce_prescription(event: Any, **kwargs: Any) -> None:
    announce_once_it_is_so("prescriptions", event.pk)


def announce_once_it_is_so(outbox: str, event_id: int) -> None:
    """After the commit, and without harm to it: if the queue is not there, the sweep finds the event."""

    def queue() -> None:
        announce.delay(outbox, event_id)

    transaction.on_commit(queue, robust=True)
