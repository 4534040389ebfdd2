"""What every page of a doctor knows about bookings."""

from typing import Any

from django.http import HttpRequest
from django.utils.functional import SimpleLazyObject

from clinic.people.permissions import practising_doctor


def requests_waiting(request: HttpRequest) -> dict[str, Any]:
    """Context processor: `requests_waiting`, how many requests the reader, a doctor, has to answer.

    Counted when a page shows it; 0 for everybody else.
    """

    def count() -> int:
        doctor = practising_doctor(getattr(request, "user", None))
        return doctor.appointments.requested().count() if doctor else 0

    return {"requests_waiting": SimpleLazyObject(count)}
