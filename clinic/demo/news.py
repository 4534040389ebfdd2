"""What people were told of the demo's history: their notices, of which nothing is sent now."""

from collections.abc import Collection
from datetime import datetime, timedelta
from typing import Any

from django.db.models import F, QuerySet

from appointments.models import Appointment, AppointmentEvent
from clinic.notices.models import Delivery, Notice, Reminder
from clinic.notices.outboxes import OUTBOXES
from prescriptions.models import PrescriptionEvent
from televisit.models import VisitEvent

from .clock import set_to

KEPT_FOR = timedelta(days=15)
READ_AFTER = timedelta(hours=12)


def tell_of_history(*, now: datetime, but_not_of: Collection[Appointment]) -> None:
    """Announce the events of the last weeks, each as if it had been sent at its hour and read within half a day.

    Of the appointments in `but_not_of` the portal itself tells people, with e-mails.
    """
    history: dict[str, QuerySet[Any]] = {
        "appointments": AppointmentEvent.objects.unannounced().exclude(appointment__in=but_not_of),
        "visits": VisitEvent.objects.unannounced().exclude(visit__appointment__in=but_not_of),
        "prescriptions": PrescriptionEvent.objects.unannounced(),
    }
    for name, events in history.items():
        events.filter(at__lt=now - KEPT_FOR).update(announced_at=F("at"))
        for event in events.all():
            with set_to(event.at):
                OUTBOXES[name].announce(event.pk, at=event.at)
    Delivery.objects.update(status=Delivery.Status.SENT, sent_at=F("created_at"))
    Reminder.objects.due(now).update(taken_at=F("due_at"))
    Notice.objects.filter(at__lt=now - READ_AFTER).mark_read(at=now)
