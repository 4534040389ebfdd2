"""What the doctor says after a visit: what came of it, and the advice that the patient reads. For pages and API."""

from typing import Any

from django.db import transaction

from appointments.models import Outcome
from clinic.audit.models import AuditEntry
from clinic.people.models import User

from .models import Advice, Visit


@transaction.atomic
def finish(visit: Visit, *, by: User, request: Any, outcome: str, **advice: Any) -> Advice:
    """Keep outcome and advice, together or not at all. Raises NotHeld or AdviceChangedElsewhere."""
    Outcome.objects.say(visit.appointment, outcome, by=by)
    written = Advice.objects.write(visit, by=by, **advice)
    facts: dict[str, Any] = {"by": by, "request": request, "patient": visit.appointment.patient}
    AuditEntry.objects.record(AuditEntry.Action.CHANGED, written, **facts)
    return written


def finished(visit: Visit) -> dict[str, Any]:
    """What has been said so far, as `finish` takes it."""
    advice = Advice.objects.filter(visit=visit).first() or Advice(visit=visit)
    outcome = Outcome.objects.filter(appointment=visit.appointment_id).first()
    written = {name: getattr(advice, name) for name in ("text", "seek_help", "follow_up_on", "version")}
    return {**written, "outcome": outcome.kind if outcome else None}
