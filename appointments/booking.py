"""Booking as its doors do it, pages and API alike: once for each key, and with other times when one is gone."""

from datetime import datetime
from typing import Any

from django.db.backends.postgresql.psycopg_any import DateTimeTZRange
from django.utils.crypto import salted_hmac

from clinic.idempotency import once
from clinic.people.models import Doctor, Patient, User

from .locks import calendar_change
from .models import Appointment, Slot

ALTERNATIVES = 3


def hold_key_of(user: User) -> str:
    """The key under which a user's programs hold a time; a browser has its own."""
    return salted_hmac("appointments.hold", str(user.pk), algorithm="sha256").hexdigest()


@calendar_change
def book_once(
    slot: Slot, *, patient: Patient, by: User, at: datetime, key: str, hold_key: str = "", **words: Any
) -> Appointment:
    """The appointment, made now or when the same request came before. Raises what booking raises.

    `words` are symptoms, reason_category and is_emergency.
    """
    made: list[Appointment] = []

    def make() -> str:
        made.append(Appointment.objects.book(slot, patient=patient, by=by, at=at, hold_key=hold_key, **words))
        return made[0].reference

    reference = once(make, user=by, key=key, body={"slot": slot.uid, "patient": patient.uid, **words})
    return made[0] if made else Appointment.objects.with_parties().with_visits().get(reference=reference)


@calendar_change
def book_at_once(
    period: DateTimeTZRange, *, doctor: Doctor, patient: Patient, by: User, at: datetime, key: str, **words: Any
) -> str:
    """The reference of the same at a time of the clinic's own choosing; `words` may have `because`."""
    return once(
        lambda: Appointment.objects.book_at(period, doctor=doctor, patient=patient, by=by, at=at, **words).reference,
        user=by,
        key=key,
        body={"doctor": doctor.pk, "period": str(period), "patient": patient.uid, **words},
    )


def instead_of(slot: Slot, *, at: datetime, hold_key: str = "") -> list[Slot]:
    """The free times nearest to `slot`: of the same doctor, else of doctors with one of the same specialties."""
    free = Slot.objects.bookable(at, for_key=hold_key).exclude(pk=slot.pk).with_doctors()
    same_doctor = free.filter(doctor=slot.doctor).nearest_to(slot.starts_at, count=ALTERNATIVES)
    if same_doctor:
        return same_doctor
    colleagues = free.filter(doctor__specialties__in=slot.doctor.specialties.all()).distinct()
    return colleagues.nearest_to(slot.starts_at, count=ALTERNATIVES)
