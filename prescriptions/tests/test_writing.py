"""Drafts: who begins them, what is kept, what is refused."""

from datetime import timedelta
from decimal import Decimal

import pytest
from django.db import IntegrityError, transaction
from django.utils import timezone

from appointments.models import Appointment
from appointments.tests.factories import AppointmentFactory
from prescriptions.errors import AppointmentNotConfirmed, EditedElsewhere, NotADraft
from prescriptions.models import Medicine, Prescription

from .factories import MEDICINE, PrescriptionFactory, issued, revoked

pytestmark = pytest.mark.django_db


def test_beginning_twice_gives_the_same_draft():
    appointment = AppointmentFactory()

    first = Prescription.objects.begin(appointment)

    assert Prescription.objects.begin(appointment) == first
    assert first.status == Prescription.Status.DRAFT


def test_after_a_revocation_a_new_draft_begins():
    old = revoked()

    draft = Prescription.objects.begin(old.appointment)

    assert draft != old
    assert draft.status == Prescription.Status.DRAFT


@pytest.mark.parametrize("status", ["requested", "declined", "cancelled", "expired", "no_show"])
def test_nothing_is_prescribed_for_an_appointment_that_was_not_confirmed(status):
    appointment = AppointmentFactory(status=status)

    with pytest.raises(AppointmentNotConfirmed):
        Prescription.objects.begin(appointment)


@pytest.mark.parametrize("status", ["confirmed", "in_progress", "completed"])
def test_a_prescription_is_written_during_or_after_the_visit(status):
    assert Prescription.objects.begin(AppointmentFactory(status=status)).pk


def test_the_database_holds_one_prescription_for_an_appointment():
    prescription = PrescriptionFactory()

    with pytest.raises(IntegrityError, match="prescription_once_for_an_appointment"), transaction.atomic():
        PrescriptionFactory(appointment=prescription.appointment)


def test_a_draft_keeps_its_medicines_in_order_and_to_the_dot():
    prescription = PrescriptionFactory(medicines=[])
    rows = [{**MEDICINE, "name": "Zinc", "dose": Decimal("0.125")}, {**MEDICINE, "name": "Aspirin"}]

    prescription.rewrite(medicines=[Medicine(**row) for row in rows], diagnosis="Cold")

    medicines = Prescription.objects.get().medicines.all()
    assert [(medicine.position, medicine.name, medicine.dose) for medicine in medicines] == [
        (1, "Zinc", Decimal("0.125")),
        (2, "Aspirin", Decimal("1")),
    ]


def test_what_reads_so_already_is_no_change_of_another_window():
    prescription = PrescriptionFactory()
    seen = prescription.version
    for _time in range(2):
        prescription.rewrite(medicines=[Medicine(**MEDICINE)], version=seen, advice="Rest")

    assert prescription.version == seen + 1


def test_the_second_of_two_tabs_is_told_that_the_draft_has_changed():
    prescription = PrescriptionFactory()
    seen = prescription.version
    prescription.rewrite(medicines=[], version=seen, advice="From the first tab")

    with pytest.raises(EditedElsewhere):
        prescription.rewrite(medicines=[], version=seen, advice="From the second tab")

    assert Prescription.objects.get().advice == "From the first tab"


def test_an_issued_prescription_is_not_rewritten():
    prescription = issued()

    with pytest.raises(NotADraft):
        prescription.rewrite(medicines=[], advice="Double the dose")

    assert prescription.medicines.count() == 1


def test_clinical_words_are_encrypted():
    PrescriptionFactory(diagnosis="Acute bronchitis")

    row = Prescription.objects.extra(select={"raw": "diagnosis"}).get()
    assert b"bronchitis" not in bytes(row.raw)


def test_a_medicine_says_how_it_is_taken():
    medicine = Medicine(**{**MEDICINE, "dose": Decimal("0.500"), "quantity": Decimal("100.000")})

    assert medicine.dosage == "0.5 capsule, by mouth, 3 times a day, for 7 days"
    assert medicine.amount == "100 capsules"


def test_a_draft_outlives_the_day_it_was_begun():
    prescription = PrescriptionFactory(follow_up_on=timezone.localdate() + timedelta(days=1))

    assert list(Prescription.objects.drafts()) == [prescription]


def test_appointments_of_others_do_not_matter():
    PrescriptionFactory()

    assert Prescription.objects.for_appointment(AppointmentFactory()) is None


def test_the_standing_prescription_counts_before_a_revoked_one():
    old = revoked()
    new = PrescriptionFactory(appointment=old.appointment)

    assert Prescription.objects.for_appointment(Appointment.objects.get(pk=old.appointment_id)) == new
