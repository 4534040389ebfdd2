"""What the chat's pages and calls put on record: a file that came with a message. Messages are their own record."""

from typing import Any

from clinic.audit.models import AuditEntry

from .models import Message


def put_on_record(message: Message, request: Any) -> None:
    """The message's file, if it has one, as added to the patient's record; once, however often it is sent."""
    chart = message.chart
    if chart is None or message.is_repeated:
        return
    is_own_side = request.user.pk in {chart.patient.user_id, message.appointment.doctor.user_id}
    for_whom = None if is_own_side else chart.patient
    AuditEntry.objects.record(
        AuditEntry.Action.CREATED, chart, by=request.user, request=request, patient=chart.patient, for_whom=for_whom
    )
