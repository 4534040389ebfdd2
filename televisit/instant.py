"""Instant visits: the doctor opens a room now, and says later who came."""

from datetime import date, datetime, timedelta
from typing import Any

from django.db.backends.postgresql.psycopg_any import DateTimeTZRange
from django.utils.translation import gettext as _

from appointments.models import Appointment
from clinic.people.models import Doctor, Patient

from .models import Visit


def open_now(doctor: Doctor, *, at: datetime) -> Visit:
    """A visit of `doctor` that begins now, with nobody named; it may lie over booked ones."""
    period = DateTimeTZRange(at, at + timedelta(minutes=doctor.visit_minutes))
    facts: Any = {"patient": None, "by": doctor.user, "at": at, "because": _("Instant visit")}
    appointment = Appointment.objects.book_at(period, doctor=doctor, **facts)
    return Visit.objects.schedule(appointment, by=doctor.user, at=at)


def known_or_new(*, given_name: str, family_name: str, birth_date: date, phone: str = "") -> Patient:
    """Who came, as the clinic knows them by these names and this birth; else entered now."""
    alike = Patient.objects.filter(
        given_name__iexact=given_name, family_name__iexact=family_name, birth_date=birth_date
    )
    who = {"given_name": given_name, "family_name": family_name, "birth_date": birth_date, "phone": phone}
    return alike.first() or Patient.objects.create(**who)
