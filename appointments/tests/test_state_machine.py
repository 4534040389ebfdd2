"""Any sequence of moves, by anybody, at any hour: the books stay in order, and no move does what it does not say."""

from contextlib import suppress
from datetime import UTC, datetime, timedelta

import pytest
import time_machine
from django.db import transaction
from django.utils import timezone
from hypothesis import HealthCheck, settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, invariant, precondition, rule, run_state_machine_as_test

from appointments.models import Appointment, Offer, OnCall, Slot
from clinic.errors import RuleViolation
from clinic.people.models import Doctor
from clinic.people.tests.factories import DoctorFactory, PatientFactory, StaffFactory

from .crowds import assert_sound
from .factories import SlotFactory, booked, period_from

pytestmark = pytest.mark.django_db

START = datetime(2026, 6, 8, 8, tzinfo=UTC)
HOUR = timedelta(hours=1)
CHOICE = st.integers(0, 30)


class Moves(RuleBasedStateMachine):
    """Two doctors, one of whom wants to be asked, three patients, and a clock that only goes forward."""

    def __init__(self) -> None:
        super().__init__()
        self.savepoint = transaction.atomic()
        self.savepoint.__enter__()
        self.clock = time_machine.travel(START, tick=False)
        self.now = self.clock.start()
        self.doctors = [DoctorFactory(), DoctorFactory(booking_mode=Doctor.Mode.REQUEST)]
        self.patients = PatientFactory.create_batch(3)
        self.staff = StaffFactory()
        for doctor in self.doctors:
            OnCall.objects.create(doctor=doctor, period=period_from(START, 9 * HOUR))
            for hours in (1, 2, 30, 31, 55, 56):
                SlotFactory(doctor=doctor, begins=START + hours * HOUR)

    def teardown(self) -> None:
        self.clock.stop()
        transaction.set_rollback(True)
        self.savepoint.__exit__(None, None, None)

    def attempt(self, act) -> None:
        """Do it or be refused in words; a refusal changes nothing."""
        before = self.picture()
        try:
            act()
        except RuleViolation:
            assert self.picture() == before

    def picture(self) -> list:
        appointments = Appointment.objects.order_by("pk").values_list("status", "period", "slot", "doctor", "sequence")
        return [list(appointments), list(Slot.objects.order_by("pk").values_list("status", "held_by"))]

    def one(self, rows, n):
        rows = list(rows.order_by("pk"))
        return rows[n % len(rows)]

    def by(self, appointment, n):
        """The patient, staff, or the doctor if there is one."""
        doctor = appointment.doctor.user if appointment.doctor else self.staff
        return [appointment.patient.user, self.staff, doctor][n % 3]

    def has_appointments(self) -> bool:
        return Appointment.objects.exists()

    @rule(n=CHOICE, who=CHOICE)
    def book(self, n, who):
        slot, patient = self.one(Slot.objects, n), self.patients[who % 3]
        self.attempt(lambda: booked(slot, patient=patient))

    @rule(who=CHOICE)
    def call_for_help(self, who):
        patient = self.patients[who % 3]
        facts = {"by": patient.user, "at": timezone.now(), "symptoms": "Dizzy."}
        self.attempt(lambda: Appointment.objects.call_for_help(patient=patient, **facts))

    @rule(
        minutes=st.sampled_from([0, 30, 1800]), who=CHOICE, to=st.integers(0, 1), because=st.sampled_from(["", "Ill"])
    )
    def book_by_phone(self, minutes, who, to, because):
        period = period_from(timezone.now() + timedelta(minutes=minutes))
        facts = {"doctor": self.doctors[to], "patient": self.patients[who % 3], "by": self.staff, "because": because}
        self.attempt(lambda: Appointment.objects.book_at(period, at=timezone.now(), **facts))

    @rule(n=CHOICE, key=st.sampled_from(["one", "other"]), name=st.sampled_from(["hold", "withdraw"]))
    def keep_or_withdraw(self, n, key, name):
        slot = self.one(Slot.objects, n)
        self.attempt(lambda: slot.hold(key, at=timezone.now()) if name == "hold" else slot.withdraw())

    @precondition(has_appointments)
    @rule(n=CHOICE, who=CHOICE, name=st.sampled_from(["tell_late", "send_link", "ask_for_call"]))
    def tell(self, n, who, name):
        """Words that are told change nothing in the books."""
        appointment, before = self.one(Appointment.objects, n), self.picture()
        with suppress(RuleViolation):
            more = {"minutes": 10} if name == "tell_late" else {}
            getattr(appointment, name)(by=self.by(appointment, who), **more)
        assert self.picture() == before

    @precondition(has_appointments)
    @rule(n=CHOICE, slot=CHOICE, who=CHOICE, name=st.sampled_from(["move", "offer"]))
    def another_time(self, n, slot, who, name):
        appointment = self.one(Appointment.objects, n)
        by, wanted = self.by(appointment, who), self.one(Slot.objects, slot)
        self.attempt(lambda: getattr(appointment, name)(wanted, by=by, at=timezone.now()))

    @precondition(has_appointments)
    @rule(n=CHOICE, who=CHOICE, name=st.sampled_from(["take_offer", "refuse_offer", "undo_no_show"]))
    def answer_now(self, n, who, name):
        appointment = self.one(Appointment.objects, n)
        self.attempt(lambda: getattr(appointment, name)(by=self.by(appointment, who), at=timezone.now()))

    @precondition(has_appointments)
    @rule(n=CHOICE, who=CHOICE, name=st.sampled_from(["accept", "begin", "complete", "mark_no_show", "pause"]))
    def go_on(self, n, who, name):
        appointment = self.one(Appointment.objects, n)
        self.attempt(lambda: getattr(appointment, name)(by=self.by(appointment, who)))

    @precondition(has_appointments)
    @rule(n=CHOICE, who=CHOICE, name=st.sampled_from(["cancel", "decline"]))
    def end(self, n, who, name):
        appointment = self.one(Appointment.objects, n)
        self.attempt(lambda: getattr(appointment, name)(by=self.by(appointment, who), reason="other"))

    @precondition(has_appointments)
    @rule(n=CHOICE, to=st.integers(0, 1), name=st.sampled_from(["hand_over", "take"]))
    def another_doctor(self, n, to, name):
        appointment = self.one(Appointment.objects, n)
        by = {"by": self.staff} if name == "hand_over" else {}
        self.attempt(lambda: getattr(appointment, name)(self.doctors[to], at=timezone.now(), **by))

    @rule(minutes=st.sampled_from([5, 20, 70, 600]))
    def time_passes(self, minutes):
        self.now.shift(timedelta(minutes=minutes))

    @precondition(has_appointments)
    @rule(n=CHOICE, name=st.sampled_from(["expire", "expire_offer", "tell_untaken", "miss", "tell_doctor_absent"]))
    def clockwork(self, n, name):
        appointment = self.one(Appointment.objects, n)
        with suppress(RuleViolation):
            getattr(appointment, name)(at=timezone.now())

    @invariant()
    def books_are_in_order(self):
        assert_sound()

    @invariant()
    def an_open_offer_belongs_to_what_can_still_move(self):
        waiting = Appointment.objects.filter(offers__status=Offer.Status.OPEN)
        assert set(waiting.values_list("status", flat=True)) <= {"requested", "confirmed"}

    @invariant()
    def what_is_held_for_an_offer_has_one(self):
        held = Slot.objects.filter(held_by__startswith="offer-", status=Slot.Status.OPEN)
        assert all(slot.offers.filter(status=Offer.Status.OPEN).exists() for slot in held)


def test_no_sequence_of_moves_breaks_the_books():
    run_state_machine_as_test(
        Moves,
        settings=settings(
            max_examples=10, stateful_step_count=25, deadline=None, suppress_health_check=list(HealthCheck)
        ),
    )
