"""What every page knows about bookings."""

from typing import Any

from django.http import HttpRequest
from django.utils import timezone
from django.utils.functional import SimpleLazyObject

from clinic.people.permissions import practising_doctor

from .models import Appointment
from .models.emergencies import doctors_on_call


def requests_waiting(request: HttpRequest) -> dict[str, Any]:
    """Context processor: `requests_waiting`, how many requests the reader, a doctor, has to answer; 0 for others.

    And `somebody_on_call`, whether emergencies are offered now. Both are read when a page shows them.
    """

    def count() -> int:
        doctor = practising_doctor(getattr(request, "user", None))
        return Appointment.objects.waiting_for(doctor, timezone.now()).count() if doctor else 0

    def is_somebody_on_call() -> bool:
        return doctors_on_call(timezone.now()).exists()

    return {
        "requests_waiting": SimpleLazyObject(count),
        "somebody_on_call": SimpleLazyObject(is_somebody_on_call),
    }
