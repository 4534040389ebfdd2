"""How appointments are made: in a slot that is offered, or at a time that the clinic chooses itself."""

from datetime import datetime, timedelta
from typing import TYPE_CHECKING, Any

from django.db import connection, models
from django.db.backends.postgresql.psycopg_any import DateTimeTZRange

from appointments.errors import (
    DoctorNotAvailable,
    NobodyOnCall,
    OverbookingNeedsReason,
    OverlapsOwnAppointment,
    SlotBeyondHorizon,
    SlotEndsBeforeItStarts,
    SlotTaken,
    SlotTooFarAhead,
    SlotTooLong,
    SlotTooSoon,
    TooManyOpenAppointments,
)
from appointments.locks import calendar_change, lock_calendars
from clinic.people.models import Doctor, Patient, User
from clinic.people.permissions import works_at_desk

from .choices import ACTIVE, Reason
from .emergencies import doctors_on_call
from .slots import FARTHEST, LONGEST, Slot

if TYPE_CHECKING:
    from .appointment import Appointment


CROWD = """
    SELECT count(*) FILTER (WHERE doctor_id = %(doctor)s AND period && %(period)s),
           count(*) FILTER (WHERE patient_id = %(patient)s AND period && %(period)s),
           count(*) FILTER (WHERE patient_id = %(patient)s)
    FROM appointments_appointment
    WHERE status = ANY(%(active)s) AND (patient_id = %(patient)s OR (doctor_id = %(doctor)s AND period && %(period)s))
"""


class BookingQuerySet(models.QuerySet["Appointment"]):
    """The part of AppointmentQuerySet that makes rows. Each booking is one short transaction, or nothing at all."""

    @calendar_change
    def book(
        self, slot: Slot, *, patient: Patient, by: User, at: datetime, hold_key: str = "", **words: Any
    ) -> "Appointment":
        """Take `slot` for `patient`: confirmed at once, or requested where the doctor wants to be asked.

        `words` are symptoms, reason_category and is_emergency. Raises SlotTaken, SlotTooSoon, SlotBeyondHorizon,
        DoctorNotAvailable, OverlapsOwnAppointment, TooManyOpenAppointments, or NobodyOnCall for an emergency then.
        """
        doctor = slot.doctor
        if words.get("is_emergency") and not is_of_clinic(by, doctor):
            refuse_unless_on_call(at)
        lock_calendars(doctor, patient)
        slot.take(key=hold_key, at=at)
        refuse_unbookable(slot, at=at, by=by)
        crowd = self.crowd_at(slot.period, doctor=doctor, patient=patient)
        if crowd["of_doctor"]:
            raise SlotTaken
        if crowd["open"] >= doctor.clinic.open_appointments_limit and not is_of_clinic(by, doctor):
            raise TooManyOpenAppointments
        appointment = self._for(patient, doctor, slot=slot, period=slot.period, booked_by=by, **words)
        appointment.begin_life(by=by, at=at)
        return appointment

    @calendar_change
    def book_at(
        self,
        period: DateTimeTZRange,
        *,
        doctor: Doctor,
        patient: Patient | None,
        by: User,
        at: datetime,
        because: str = "",
        **words: Any,
    ) -> "Appointment":
        """A confirmed appointment at a time that doctor or staff choose themselves, in or out of the hours.

        What the doctor offered in this time is offered again if it is cancelled. `because` is kept in the history;
        only with it may the time overlap another visit of the doctor. An instant visit may name its patient later.
        Raises DoctorNotAvailable, SlotEndsBeforeItStarts, SlotTooLong, SlotTooFarAhead,
        OverbookingNeedsReason or OverlapsOwnAppointment.
        """
        lock_calendars(doctor, patient)
        refuse_impossible(doctor, period, at=at)
        is_over_another = self.crowd_at(period, doctor=doctor, patient=patient)["of_doctor"] > 0
        if is_over_another and not because:
            raise OverbookingNeedsReason
        Slot.objects.cover(doctor, period)
        appointment = self._for(patient, doctor, period=period, booked_by=by, overbooked=is_over_another, **words)
        appointment.begin_life(by=by, at=at, because=because)
        return appointment

    def crowd_at(self, period: DateTimeTZRange, *, doctor: Doctor, patient: Patient | None) -> dict[str, int]:
        """How many active appointments the doctor has in `period` ("of_doctor"), and the patient at all ("open").

        Written as SQL, which takes half the time. A patient whom nobody knows yet has none. Raises
        OverlapsOwnAppointment if one of the patient's is in `period`.
        """
        facts = {"doctor": doctor.pk, "patient": patient and patient.pk, "period": period, "active": list(ACTIVE)}
        with connection.cursor() as cursor:
            cursor.execute(CROWD, facts)
            of_doctor, of_patient, open_ones = cursor.fetchone()
        if of_patient:
            raise OverlapsOwnAppointment
        return {"of_doctor": of_doctor, "open": open_ones}

    def _for(self, patient: Patient | None, doctor: Doctor, **facts: Any) -> "Appointment":
        facts["reason_category"] = facts.get("reason_category") or Reason.OTHER
        return self.model(patient=patient, doctor=doctor, clinic=doctor.clinic, **facts)


def is_of_clinic(user: User, doctor: Doctor) -> bool:
    """Whether `user` books for the clinic, as staff or as this doctor: what limits patients does not bind them."""
    return works_at_desk(user, doctor.clinic_id) or doctor.user_id == user.pk


def refuse_unless_on_call(at: datetime) -> None:
    """Raise NobodyOnCall at an instant when no doctor would answer an emergency: who has one had better call."""
    if not doctors_on_call(at).exists():
        raise NobodyOnCall


def refuse_unbookable(slot: Slot, *, at: datetime, by: User) -> None:
    """Raise unless the slot's doctor practises and the start is far enough ahead of `at`, and within the horizon."""
    if not slot.doctor.is_practising:
        raise DoctorNotAvailable
    notice = timedelta() if is_of_clinic(by, slot.doctor) else slot.doctor.clinic.minimum_notice
    if slot.starts_at < at + notice:
        raise SlotTooSoon
    if slot.starts_at > at + slot.doctor.clinic.horizon and not is_of_clinic(by, slot.doctor):
        raise SlotBeyondHorizon


def refuse_impossible(doctor: Doctor, period: DateTimeTZRange, *, at: datetime) -> None:
    """Raise unless the doctor practises and `period` can be a visit."""
    if not doctor.is_practising:
        raise DoctorNotAvailable
    if period.upper <= period.lower:
        raise SlotEndsBeforeItStarts
    if period.upper - period.lower > LONGEST:
        raise SlotTooLong
    if period.lower > at + FARTHEST:
        raise SlotTooFarAhead
