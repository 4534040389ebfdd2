"""What services tell us of messages that we handed to them."""

from collections.abc import Mapping
from typing import Any

from .choices import Status
from .models import Delivery

OF_MAIL: dict[str, Status] = {
    "sent": Status.SENT,
    "delivered": Status.DELIVERED,
    "bounced": Status.BOUNCED,
    "rejected": Status.BOUNCED,
    "failed": Status.BOUNCED,
    "complained": Status.BOUNCED,
}
OF_TWILIO: dict[str, Status] = {
    "sent": Status.SENT,
    "delivered": Status.DELIVERED,
    "undelivered": Status.BOUNCED,
    "failed": Status.BOUNCED,
}


def record_mail(event: Any) -> Delivery | None:
    """An AnymailTrackingEvent; of opens and the like we want to know nothing."""
    status = OF_MAIL.get(event.event_type)
    if status is None:
        return None
    name = (event.metadata or {}).get("delivery", "")
    problem = (event.reject_reason or event.event_type) if status == Status.BOUNCED else ""
    facts = {"address": event.recipient or "", "provider_id": event.message_id or ""}
    return Delivery.objects.report(status=status, name=name, problem=problem, **facts)


def record_twilio(fields: Mapping[str, str], *, name: str) -> Delivery | None:
    """The form of a status callback."""
    status = OF_TWILIO.get(fields.get("MessageStatus", ""))
    if status is None:
        return None
    problem = f"Twilio {fields.get('ErrorCode', '')}".strip() if status == Status.BOUNCED else ""
    facts = {"address": fields.get("To", ""), "provider_id": fields.get("MessageSid", "")}
    return Delivery.objects.report(status=status, name=name, problem=problem, **facts)
