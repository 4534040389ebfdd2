"""The way from other pages into a record. Use with ``{% load record %}``."""

from typing import Any

from django import template
from django.urls import reverse
from django.utils.html import format_html
from django.utils.safestring import SafeString
from django.utils.translation import gettext as _

from appointments.models import Appointment
from appointments.permissions import is_its_doctor, is_on_patients_side
from clinic.people.models import Patient
from clinic.people.permissions import practising_doctor
from clinic.record.aftercare import HELD
from clinic.record.permissions import once_treated_by
from clinic.record.unfinished import unfinished_of

register = template.Library()

SHOWN_ON_A_PAGE = 5


@register.simple_tag(takes_context=True)
def patient_name(context: template.Context, patient: Patient | None) -> SafeString:
    """A patient's name; for a doctor who treats or treated them, a link to the record."""
    doctor = practising_doctor(context["user"])
    if patient is None:  # of an instant visit
        return format_html("{}", _("Somebody not named yet"))
    if once_treated_by(doctor).contains(patient):
        address = reverse("record:patient", args=[patient.uid])
        return format_html('<a href="{}"><bdi>{}</bdi></a>', address, patient.name)
    return format_html("<bdi>{}</bdi>", patient.name)


@register.inclusion_tag("record/_to_finish.html", takes_context=True)
def to_finish(context: template.Context) -> dict[str, Any]:
    """What the reader, a doctor, has yet to finish, as a card; nothing where all is done. Three queries."""
    unfinished = unfinished_of(context["request"].user.doctor)
    return {"unfinished": unfinished[:SHOWN_ON_A_PAGE], "count": len(unfinished), "shown": SHOWN_ON_A_PAGE}


@register.inclusion_tag("record/_after_visit.html", takes_context=True)
def after_visit(context: template.Context, appointment: Appointment) -> dict[str, Any]:
    """The way to what the patient reads about a visit that was held; for its doctor, the way to write it."""
    user = context["request"].user
    is_doctor = is_its_doctor(user, appointment)
    was_held = appointment.status in HELD and (is_doctor or is_on_patients_side(user, appointment))
    return {"appointment": appointment, "is_doctor": is_doctor, "was_held": was_held}
