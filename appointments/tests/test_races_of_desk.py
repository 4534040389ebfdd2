"""Staff who book by phone, and records that are claimed, at the same moment as others; on a real PostgreSQL."""

from collections import Counter
from datetime import date, timedelta

import pytest
from django.utils import timezone

from appointments.errors import OverbookingNeedsReason, SlotTaken
from appointments.models import Appointment, Slot
from clinic.people.models import Claim
from clinic.people.tests.factories import DoctorFactory, PatientFactory, StaffFactory, UserFactory

from .crowds import assert_sound, at_once
from .factories import SlotFactory, booked

pytestmark = pytest.mark.django_db(transaction=True)


def book_at(slot: Slot, **more) -> None:
    facts = {"doctor": slot.doctor, "patient": PatientFactory(), "by": StaffFactory(), "at": timezone.now()}
    Appointment.objects.book_at(slot.period, **facts, **more)


def test_the_desk_and_a_patient_want_one_time_and_one_gets_it():
    slot, patient = SlotFactory(), PatientFactory()

    outcome = at_once(lambda: book_at(slot), lambda: booked(Slot.objects.get(pk=slot.pk), patient=patient))

    assert outcome in (Counter({"done": 1, SlotTaken: 1}), Counter({"done": 1, OverbookingNeedsReason: 1}))
    assert_sound()


def test_of_two_at_the_desk_one_is_asked_for_a_reason():
    slot = SlotFactory()

    outcome = at_once(*[lambda: book_at(slot)] * 2)

    assert outcome == {"done": 1, OverbookingNeedsReason: 1}
    assert_sound()


def test_with_a_reason_both_at_the_desk_have_the_time_and_it_is_covered():
    slot = SlotFactory()

    outcome = at_once(*[lambda: book_at(slot, because="Mother and child.")] * 2)

    assert outcome == {"done": 2}
    assert Appointment.objects.filter(overbooked=True).count() == 1
    assert Slot.objects.get().status == Slot.Status.COVERED
    assert_sound()


def test_cancelling_both_visits_over_a_time_at_once_offers_it_again():
    slot = SlotFactory()
    for _n in range(2):
        book_at(slot, because="Mother and child.")
    visits = list(Appointment.objects.all())

    at_once(*[lambda visit=visit: visit.cancel(by=visit.booked_by, reason="other") for visit in visits])

    assert Slot.objects.get().status == Slot.Status.OPEN
    assert_sound()


def claim_of(patient) -> Claim:
    code = Claim.objects.offer(patient, by=StaffFactory(), at=timezone.now())
    claim = Claim.objects.of_code(code, at=timezone.now())
    assert claim is not None
    return claim


def test_of_two_who_claim_a_record_one_has_it():
    claim = claim_of(PatientFactory(user=None))
    users = UserFactory.create_batch(2)

    outcome = at_once(
        *[lambda user=user: Claim.objects.get(pk=claim.pk).use(by=user, at=timezone.now()) for user in users]
    )

    assert outcome["done"] == 1
    assert sum(outcome.values()) == 2


def test_many_guesses_at_once_are_five_tries():
    patient = PatientFactory(user=None, birth_date=date(1980, 1, 1))
    claim = claim_of(patient)

    at_once(*[lambda n=n: Claim.objects.get(pk=claim.pk).is_of(date(1990, 1, 1) + timedelta(days=n)) for n in range(8)])

    claim.refresh_from_db()
    assert claim.tries == 5
    assert not claim.is_of(patient.birth_date)


def test_a_doctor_at_the_desk_and_a_move_to_the_same_time_never_share_it():
    doctor = DoctorFactory()
    appointment, free = booked(SlotFactory(doctor=doctor)), SlotFactory(doctor=doctor)

    at_once(
        lambda: book_at(free),
        lambda: Appointment.objects.get(pk=appointment.pk).move(
            Slot.objects.get(pk=free.pk), by=appointment.patient.user, at=timezone.now()
        ),
    )

    assert Appointment.objects.active().filter(period=free.period).count() == 1
    assert_sound()
