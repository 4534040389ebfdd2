"""Other times that a doctor offers or is asked for: they are kept, taken, refused, and end."""

import pytest

from appointments.errors import OfferIsGone, SlotTaken
from appointments.models import Appointment, AppointmentEvent, Offer, Slot
from clinic.people.models import Doctor
from clinic.people.tests.factories import DoctorFactory

from .factories import booked
from .moving import last_event, move, settled, slot
from .pages import NOON

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("clock")]

Status, Kind = Appointment.Status, AppointmentEvent.Kind


@pytest.fixture
def doctor():
    """One who wants to be asked."""
    return DoctorFactory(booking_mode=Doctor.Mode.REQUEST)


def confirmed_at(doctor) -> Appointment:
    appointment = settled(doctor)
    appointment.accept(by=doctor.user)
    return appointment


def test_a_patient_asks_a_doctor_who_wants_to_be_asked(doctor):
    appointment, new = confirmed_at(doctor), slot(doctor, 72)
    old_start = appointment.starts_at

    moved_at_once = move(appointment, new)

    assert (moved_at_once, appointment.starts_at) == (False, old_start)
    assert appointment.open_offer.waits_for == Offer.Side.DOCTOR


def test_the_old_time_stands_until_the_doctor_agrees(doctor):
    appointment, new = confirmed_at(doctor), slot(doctor, 72)
    move(appointment, new)

    appointment.take_offer(by=doctor.user, at=NOON)

    assert (appointment.starts_at, appointment.status) == (new.starts_at, Status.CONFIRMED)
    assert appointment.moves_made == 1


def test_an_offered_time_is_kept_for_the_patient(doctor):
    request, new = settled(doctor), slot(doctor, 72)

    request.offer(new, by=doctor.user, at=NOON)

    with pytest.raises(SlotTaken):
        booked(Slot.objects.get(pk=new.pk))


def test_a_patient_who_takes_the_offer_has_the_visit_at_that_time(doctor):
    request, new = settled(doctor), slot(doctor, 72)
    old = request.slot
    request.offer(new, by=doctor.user, at=NOON)

    request.take_offer(by=request.patient.user, at=NOON)

    old.refresh_from_db()
    assert (request.status, request.slot, old.status) == (Status.CONFIRMED, new, Slot.Status.OPEN)
    assert last_event(request).kind == Kind.CONFIRMED


def test_a_request_stands_when_the_offer_is_refused(doctor):
    request, new = settled(doctor), slot(doctor, 72)
    request.offer(new, by=doctor.user, at=NOON)

    request.refuse_offer(by=request.patient.user, at=NOON)

    assert (request.status, last_event(request).kind) == (Status.REQUESTED, Kind.OFFER_REFUSED)
    assert Slot.objects.free(NOON).filter(pk=new.pk).exists()


def test_an_offer_expires_and_frees_its_time(doctor):
    request, new = settled(doctor), slot(doctor, 72)
    request.offer(new, by=doctor.user, at=NOON)
    over = request.open_offer.expires_at

    assert [request.expire_offer(at=over), request.expire_offer(at=over)] == [True, False]
    assert Slot.objects.free(NOON).filter(pk=new.pk).exists()


def test_an_offer_that_has_expired_is_not_taken(doctor):
    request = settled(doctor)
    request.offer(slot(doctor, 72), by=doctor.user, at=NOON)

    with pytest.raises(OfferIsGone):
        request.take_offer(by=request.patient.user, at=request.open_offer.expires_at)


@pytest.mark.parametrize("end", ["accept", "decline", "cancel"])
def test_whatever_else_is_decided_ends_the_offer(doctor, end):
    request, new = settled(doctor), slot(doctor, 72)
    request.offer(new, by=doctor.user, at=NOON)

    getattr(request, end)(by=doctor.user, **({} if end == "accept" else {"reason": "other"}))

    assert request.open_offer is None
    assert Slot.objects.free(NOON).filter(pk=new.pk).exists()
