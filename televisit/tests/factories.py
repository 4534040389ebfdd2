"""Visits for the tests: of a confirmed appointment that starts now, the door open."""

from datetime import datetime, timedelta

from django.utils import timezone

from appointments.tests.factories import AppointmentFactory
from clinic.people.models import Clinic
from televisit.models import CONSENT_VERSION, Consent, Integration, Participant, Visit
from televisit.tests.providers.fakes import FakeService

SOON = timedelta(minutes=5)


def a_visit(*, starts_in: timedelta = SOON, **facts) -> Visit:
    """A scheduled visit that starts `starts_in` from now; as booking makes it, but for its hour."""
    at = timezone.now()
    appointment = AppointmentFactory(begins=at + starts_in, **facts)
    return Visit.objects.schedule(appointment, by=appointment.booked_by, at=at)


def a_seat_of_the_patient(visit: Visit, *, admitted: bool = False, at: datetime | None = None) -> Participant:
    """The patient came by the door; waits, or was let in by the doctor."""
    at = at or timezone.now()
    seat = visit.take_seat(visit.appointment.patient.user, at=at)
    seat.say_where(place="5 Harbour Street, Lisbon", callback="+351 912 345 678")
    facts = {"patient": visit.appointment.patient, "given_by": seat.user, "version": CONSENT_VERSION}
    Consent.objects.get_or_create(**facts, defaults={"seat": seat, "at": at})
    seat.wait(at=at)
    if admitted:
        seat.admit(by=visit.host.user, at=at)
    return seat


def both_in(visit: Visit) -> tuple[Participant, Participant]:
    """Doctor and patient are in the room: the visit is active."""
    patient = a_seat_of_the_patient(visit, admitted=True)
    at = timezone.now()
    doctor = visit.take_seat(visit.host.user, at=at)
    for seat in (doctor, patient):
        seat.enter(at=at)
    visit.refresh_from_db()
    return doctor, patient


def an_integration(clinic: Clinic, fake: FakeService, **facts) -> Integration:
    """The clinic's contract with a video service, in use."""
    made = {
        "provider": fake.provider.name,
        "credentials": fake.given_credentials(),
        "address": fake.address,
        "is_active": True,
    }
    return Integration.objects.create(clinic=clinic, **{**made, **facts})


def a_visit_at(*fakes: FakeService, **facts) -> Visit:
    """A visit of a clinic that has a contract with each of these services, to be asked in this order."""
    visit = a_visit(**facts)
    for place, fake in enumerate(fakes, 1):
        an_integration(visit.clinic, fake, order=place)
    return visit
