"""The way from other pages into a record. Use with ``{% load record %}``."""

from django import template
from django.urls import reverse
from django.utils import timezone
from django.utils.html import format_html
from django.utils.safestring import SafeString

from clinic.people.models import Patient
from clinic.people.permissions import practising_doctor
from clinic.record.permissions import treated_by

register = template.Library()


@register.simple_tag(takes_context=True)
def patient_name(context: template.Context, patient: Patient) -> SafeString:
    """A patient's name; for a doctor to whom the record is open, a link to it."""
    doctor = practising_doctor(context["user"])
    if treated_by(doctor, timezone.now()).contains(patient):
        address = reverse("record:patient", args=[patient.uid])
        return format_html('<a href="{}"><bdi>{}</bdi></a>', address, patient.name)
    return format_html("<bdi>{}</bdi>", patient.name)
