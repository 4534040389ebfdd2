"""The prescription of an appointment, for pages of other apps. Use with ``{% load prescriptions %}``."""

from typing import Any

from django import template

from appointments.models import Appointment
from prescriptions.models import Prescription
from prescriptions.models.queries import WRITABLE
from prescriptions.permissions import can_prescribe

register = template.Library()


@register.inclusion_tag("prescriptions/_of_appointment.html", takes_context=True)
def prescription_of(context: template.Context, appointment: Appointment) -> dict[str, Any]:
    """A link to the appointment's prescription; where there is none, the way to begin it, for the doctor.

    Empty for everybody else. One query.
    """
    user = context["request"].user
    prescription = Prescription.objects.visible_to(user).for_appointment(appointment)
    is_open = prescription is None or prescription.status == Prescription.Status.REVOKED
    return {
        "appointment": appointment,
        "prescription": prescription,
        "may_begin": is_open and appointment.status in WRITABLE and can_prescribe(user, appointment),
    }
