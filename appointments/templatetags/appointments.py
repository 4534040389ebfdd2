"""How pages tell age, how long ago something was, and the end of a hold. Use with ``{% load appointments %}``."""

from datetime import datetime, timedelta

from django import template
from django.utils import timezone
from django.utils.timesince import timesince
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from appointments.models import Slot
from clinic.people.models import Patient

register = template.Library()


@register.filter
def name_or_unnamed(patient: Patient | None) -> str:
    """The patient's name; words for whom the doctor of an instant visit has not named yet."""
    return patient.name if patient else _("Somebody not named yet")


@register.filter
def age(patient: Patient | None) -> str:
    """As "74 years old", today on the reader's calendar; months for babies. Empty for nobody."""
    if patient is None:
        return ""
    today = timezone.localdate()
    years = patient.age(today)
    if years > 0:
        return ngettext("%(n)d year old", "%(n)d years old", years) % {"n": years}
    months = (today.year - patient.birth_date.year) * 12 + today.month - patient.birth_date.month
    months -= today.day < patient.birth_date.day
    return ngettext("%(n)d month old", "%(n)d months old", months) % {"n": months}


@register.filter
def ago(at: datetime) -> str:
    """As "2 hours, 5 minutes ago"; "just now" within the first minute."""
    now = timezone.now()
    if now - at < timedelta(minutes=1):
        return _("just now")
    return _("%(time)s ago") % {"time": timesince(at, now)}


@register.filter
def held_ms(slot: Slot, now: datetime) -> int:
    """For how many milliseconds from `now` the slot is held: a browser's own clock may be wrong."""
    return int((slot.held_until - now).total_seconds() * 1000) if slot.held_until else 0
