"""Slots and appointments for the tests. Without arguments they lie a week ahead, one hour after the other."""

from datetime import UTC, date, datetime, time, timedelta
from itertools import count

import factory
from django.db.backends.postgresql.psycopg_any import DateTimeTZRange
from django.utils import timezone
from factory.django import DjangoModelFactory

from appointments.models import Appointment, Availability, Closure, OnCall, Slot, TimeOff
from clinic.people.tests.factories import ClinicFactory, DoctorFactory, PatientFactory, UserFactory

LENGTH = timedelta(minutes=20)
numbers = count()


def an_hour_ahead() -> datetime:
    """The next full hour, a week ahead, that no other row of this run has."""
    base = timezone.now().astimezone(UTC).replace(minute=0, second=0, microsecond=0)
    return base + timedelta(days=7, hours=next(numbers) % 1000)


def period_from(starts_at: datetime, length: timedelta = LENGTH) -> DateTimeTZRange:
    return DateTimeTZRange(starts_at, starts_at + length)


class SlotFactory(DjangoModelFactory[Slot]):
    class Meta:
        model = Slot

    class Params:
        begins = factory.LazyFunction(an_hour_ahead)

    doctor = factory.SubFactory(DoctorFactory)
    period = factory.LazyAttribute(lambda slot: period_from(slot.begins))
    is_single = True

    @classmethod
    def _create(cls, model_class, *args, **kwargs):
        slot = super()._create(model_class, *args, **kwargs)
        slot.refresh_from_db(fields=["starts_at"])
        return slot


class AppointmentFactory(DjangoModelFactory[Appointment]):
    """A confirmed appointment on a booked slot, its row only: no event, no visit. booked() goes the whole way."""

    class Meta:
        model = Appointment

    class Params:
        begins = factory.LazyFunction(an_hour_ahead)

    doctor = factory.SubFactory(DoctorFactory)
    patient = factory.SubFactory(PatientFactory)
    clinic = factory.SelfAttribute("doctor.clinic")
    slot = factory.SubFactory(
        SlotFactory,
        doctor=factory.SelfAttribute("..doctor"),
        begins=factory.SelfAttribute("..begins"),
        status=Slot.Status.BOOKED,
    )
    period = factory.SelfAttribute("slot.period")
    status = Appointment.Status.CONFIRMED
    symptoms = "A cough for a week."
    booked_by = factory.LazyAttribute(lambda appointment: appointment.patient.user or UserFactory())

    @classmethod
    def _create(cls, model_class, *args, **kwargs):
        appointment = super()._create(model_class, *args, **kwargs)
        appointment.refresh_from_db(fields=["starts_at"])
        return appointment


def booked(slot: Slot | None = None, **facts) -> Appointment:
    """An appointment that was really booked, with its event and all that follows from it."""
    slot = slot or SlotFactory()
    patient = facts.pop("patient", None) or PatientFactory()
    facts = {"by": patient.user, "at": timezone.now(), "symptoms": "A cough for a week.", **facts}
    return Appointment.objects.book(slot, patient=patient, **facts)


class AvailabilityFactory(DjangoModelFactory[Availability]):
    """Monday mornings by the doctor's clock; only the row: add_hours() opens the slots too."""

    class Meta:
        model = Availability

    doctor = factory.SubFactory(DoctorFactory)
    weekday = Availability.Weekday.MONDAY
    starts = time(9)
    ends = time(12)
    valid_from = date(2026, 1, 1)


class TimeOffFactory(DjangoModelFactory[TimeOff]):
    class Meta:
        model = TimeOff

    class Params:
        begins = factory.LazyFunction(an_hour_ahead)

    doctor = factory.SubFactory(DoctorFactory)
    period = factory.LazyAttribute(lambda time_off: period_from(time_off.begins, timedelta(days=1)))


class ClosureFactory(DjangoModelFactory[Closure]):
    """A clinic that is closed for a day."""

    class Meta:
        model = Closure

    class Params:
        begins = factory.LazyFunction(an_hour_ahead)

    clinic = factory.SubFactory(ClinicFactory)
    name = "Harbour festival"
    period = factory.LazyAttribute(lambda closure: period_from(closure.begins, timedelta(days=1)))


class OnCallFactory(DjangoModelFactory[OnCall]):
    """A day on which a doctor answers emergencies."""

    class Meta:
        model = OnCall

    class Params:
        begins = factory.LazyFunction(an_hour_ahead)

    doctor = factory.SubFactory(DoctorFactory)
    period = factory.LazyAttribute(lambda on_call: period_from(on_call.begins, timedelta(days=1)))
