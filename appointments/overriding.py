"""What is unusual about a time that the clinic chooses itself: told before it is booked, for whoever decides."""

from collections.abc import Iterator
from datetime import datetime

from django.db.backends.postgresql.psycopg_any import DateTimeTZRange
from django.utils.translation import gettext as _

from clinic.people.models import Doctor, Patient
from clinic.templatetags.portal import clock

from .hours import zone_of


def warnings_of(doctor: Doctor, period: DateTimeTZRange, *, patient: Patient, at: datetime) -> list[str]:
    """Everything that speaks against `period`, in words; nothing for an ordinary time. Times are the reader's."""
    return [*busy(doctor, period, patient), *out_of_hours(doctor, period), *out_of_shape(doctor, period, at=at)]


def busy(doctor: Doctor, period: DateTimeTZRange, patient: Patient) -> Iterator[str]:
    """The doctor's visits with others at this time, without saying whose."""
    others = doctor.appointments.active().exclude(patient=patient)
    for other in others.filter(period__overlap=period).order_by("starts_at"):
        facts = {"doctor": doctor.name, "start": clock(other.period.lower), "end": clock(other.period.upper)}
        yield _("%(doctor)s has another visit from %(start)s to %(end)s. This one would be on top of it.") % facts


def out_of_hours(doctor: Doctor, period: DateTimeTZRange) -> Iterator[str]:
    """Time off, and time that neither weekly hours nor a single slot cover."""
    if doctor.times_off.filter(period__overlap=period).exists():
        yield _("%(doctor)s has time off then.") % {"doctor": doctor.name}
    is_offered = doctor.slots.filter(period__contains=period).exists()
    if not is_offered and not is_in_weekly_hours(doctor, period):
        yield _("It is outside of the hours of %(doctor)s.") % {"doctor": doctor.name}


def is_in_weekly_hours(doctor: Doctor, period: DateTimeTZRange) -> bool:
    """Whether one of the weekly rules covers all of `period`, by the doctor's clock."""
    if not doctor.zone:
        return False
    start, end = (instant.astimezone(zone_of(doctor)) for instant in (period.lower, period.upper))
    rules = doctor.availabilities.filter(starts__lte=start.time(), ends__gte=end.time())
    return start.date() == end.date() and any(rule.holds_on(start.date()) for rule in rules)


def out_of_shape(doctor: Doctor, period: DateTimeTZRange, *, at: datetime) -> Iterator[str]:
    """Past, or longer than the doctor's visits are."""
    if period.lower < at:
        yield _("It is in the past.")
    minutes = int((period.upper - period.lower).total_seconds() // 60)
    if minutes > doctor.visit_minutes:
        facts = {"minutes": minutes, "usual": doctor.visit_minutes}
        yield _("It takes %(minutes)s minutes; a visit usually takes %(usual)s.") % facts
