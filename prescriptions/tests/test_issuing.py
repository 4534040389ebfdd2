"""Issue, revoke, replace; and that nothing else changes what was issued."""

from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, date, datetime, timedelta
from hashlib import sha256

import pytest
from django.db import IntegrityError, connection, transaction
from django.utils import timezone

from clinic.errors import RuleViolation
from prescriptions.errors import (
    AppointmentNotConfirmed,
    CannotBePrinted,
    DatePassed,
    EditedElsewhere,
    NoMedicines,
    NotADraft,
    NotIssued,
)
from prescriptions.models import Medicine, Prescription, PrescriptionEvent
from prescriptions.signals import prescription_issued, prescription_revoked

from .factories import MEDICINE, PrescriptionFactory, issued, revoked

pytestmark = pytest.mark.django_db
NOW = datetime(2026, 11, 20, 23, 30, tzinfo=UTC)


def issue(prescription, **facts):
    prescription.issue(by=prescription.doctor.user, **{"at": timezone.now(), "reviewed": True, **facts})


def test_issuing_fixes_document_hash_and_validity():
    prescription = PrescriptionFactory()

    issue(prescription, at=NOW)

    stored = Prescription.objects.get()
    assert stored.status == Prescription.Status.ISSUED
    assert stored.pdf.startswith(b"%PDF")
    assert stored.pdf_sha256 == sha256(stored.pdf).hexdigest()
    assert stored.valid_until == date(2026, 12, 20)


def test_validity_counts_in_the_days_of_the_clinic():
    prescription = PrescriptionFactory(appointment__doctor__clinic__zone="Asia/Tokyo")

    issue(prescription, at=NOW)

    assert prescription.valid_until == date(2026, 12, 21)


def test_the_pdf_is_stored_encrypted():
    issued()

    with connection.cursor() as cursor:
        cursor.execute("SELECT pdf FROM prescriptions_prescription")
        assert not bytes(cursor.fetchone()[0]).startswith(b"%PDF")


@pytest.mark.parametrize(
    ("move", "signal", "kind"),
    [(issue, prescription_issued, "issued"), (None, prescription_revoked, "revoked")],
)
def test_each_move_writes_an_event_and_tells_it(move, signal, kind):
    prescription = PrescriptionFactory()
    told = []
    signal.connect(told_to := lambda event, **_: told.append(event), weak=False)
    try:
        issue(prescription, at=NOW)
        if kind == "revoked":
            prescription.revoke(by=prescription.doctor.user, at=NOW, reason="Wrong dose")
    finally:
        signal.disconnect(told_to)

    event = PrescriptionEvent.objects.get(kind=kind)
    assert told == [event]
    assert (event.actor, event.at, event.announced_at) == (prescription.doctor.user, NOW, None)


def test_an_empty_prescription_is_not_issued():
    with pytest.raises(NoMedicines):
        issue(PrescriptionFactory(medicines=[]))


def test_an_issued_prescription_is_not_issued_again():
    prescription = issued()
    document = prescription.pdf_sha256

    with pytest.raises(NotADraft):
        issue(prescription)

    assert Prescription.objects.get().pdf_sha256 == document


def test_only_what_was_checked_is_issued():
    prescription = PrescriptionFactory()
    checked = prescription.version
    prescription.rewrite(medicines=[Medicine(**MEDICINE)], advice="Changed in another tab")

    with pytest.raises(EditedElsewhere):
        issue(prescription, version=checked)


def test_a_cancelled_appointment_gets_no_prescription():
    prescription = PrescriptionFactory()
    prescription.appointment.status = "no_show"
    prescription.appointment.save()

    with pytest.raises(AppointmentNotConfirmed):
        issue(prescription)


@pytest.mark.parametrize("field", ["follow_up_on", "valid_until"])
def test_a_draft_that_waited_too_long_is_refused(field):
    prescription = PrescriptionFactory(**{field: NOW.date()})

    with pytest.raises(DatePassed):
        issue(prescription, at=NOW + timedelta(days=1))


def test_characters_that_paper_cannot_show_are_named():
    prescription = PrescriptionFactory(diagnosis="", medicines__instructions="Take 王 with water")

    with pytest.raises(CannotBePrinted, match="王"):
        issue(prescription)

    assert Prescription.objects.get().status == Prescription.Status.DRAFT


def test_revoking_keeps_the_document_and_the_reason():
    prescription = revoked()

    stored = Prescription.objects.get()
    assert stored.status == Prescription.Status.REVOKED
    assert stored.revoke_reason == "The dose was wrong."
    assert stored.pdf == prescription.pdf


@pytest.mark.parametrize("make", [PrescriptionFactory, revoked])
def test_only_an_issued_prescription_is_revoked(make):
    prescription = make()

    with pytest.raises(NotIssued):
        prescription.revoke(by=prescription.doctor.user, at=NOW, reason="")


def test_the_replacement_starts_from_the_old_content_and_names_it():
    old = issued(medicines=[MEDICINE, {**MEDICINE, "name": "Paracetamol"}])

    new = old.replace(by=old.doctor.user, at=timezone.now(), reason="Wrong strength")

    assert old.status == Prescription.Status.REVOKED
    assert (new.status, new.replaces, new.diagnosis) == (Prescription.Status.DRAFT, old, old.diagnosis)
    assert [row.name for row in new.medicines.all()] == ["Amoxicillin", "Paracetamol"]
    assert old.medicines.count() == 2


def test_a_prescription_holds_until_its_last_day_at_the_clinic():
    prescription = PrescriptionFactory(valid_until=NOW.date())
    issue(prescription, at=NOW)

    assert prescription.is_valid(NOW)
    assert not prescription.is_valid(NOW + timedelta(minutes=30))


@pytest.mark.parametrize(
    "sql",
    [
        "UPDATE prescriptions_prescription SET advice = 'x'",
        "UPDATE prescriptions_prescription SET status = 'draft'",
        "UPDATE prescriptions_prescription SET status = 'revoked', pdf_sha256 = 'x'",
        "UPDATE prescriptions_prescription SET revoked_at = now()",
        "DELETE FROM prescriptions_medicine",
        "UPDATE prescriptions_medicine SET position = 2",
        "INSERT INTO prescriptions_medicine SELECT * FROM prescriptions_medicine",
    ],
)
def test_sql_cannot_change_what_was_issued(sql):
    issued()

    with pytest.raises(IntegrityError, match="cannot be changed"), connection.cursor() as cursor:
        cursor.execute(sql)


def test_sql_cannot_delete_what_was_issued():
    issued()

    with pytest.raises(IntegrityError, match="cannot be changed"), connection.cursor() as cursor:
        cursor.execute("DELETE FROM prescriptions_prescription")


def test_a_revoked_prescription_stays_revoked():
    revoked()

    with pytest.raises(IntegrityError, match="cannot be changed"), connection.cursor() as cursor:
        cursor.execute("UPDATE prescriptions_prescription SET status = 'issued'")


@pytest.fixture
def at_work():
    """With the triggers that are off in tests."""
    with connection.cursor() as cursor:
        for table, trigger in [("prescription", "prescriptions_stay"), ("medicine", "medicines_stay")]:
            cursor.execute(f"ALTER TABLE prescriptions_{table} ENABLE TRIGGER {trigger}")


@pytest.mark.parametrize(
    "statement", ["TRUNCATE prescriptions_prescription CASCADE", "TRUNCATE prescriptions_medicine"]
)
def test_what_was_issued_does_not_go_with_its_table(at_work, statement):
    issued()

    with connection.cursor() as cursor:
        cursor.execute("SET CONSTRAINTS ALL IMMEDIATE")
        with pytest.raises(IntegrityError, match="cannot be emptied"):
            cursor.execute(statement)


def test_the_orm_cannot_change_what_was_issued():
    prescription = issued()
    prescription.advice = "Take double"

    with pytest.raises(IntegrityError, match="cannot be changed"), transaction.atomic():
        prescription.save()


def test_a_medicine_cannot_move_to_an_issued_prescription():
    issued()
    draft = PrescriptionFactory()

    with pytest.raises(IntegrityError, match="cannot be changed"), connection.cursor() as cursor:
        cursor.execute(
            "UPDATE prescriptions_medicine SET position = 2, prescription_id = "
            "(SELECT id FROM prescriptions_prescription WHERE status = 'issued') WHERE prescription_id = %s",
            [draft.pk],
        )


def in_thread(pool, work):
    """`work` on a connection of its own."""

    def run():
        try:
            return work()
        finally:
            connection.close()

    return pool.submit(run)


@pytest.mark.django_db(transaction=True)
def test_a_medicine_that_is_written_by_sql_during_the_issue_is_refused():
    prescription = PrescriptionFactory()
    rename = Medicine.objects.filter(prescription=prescription).update

    with ThreadPoolExecutor(1) as pool:
        with transaction.atomic():
            issue(prescription)
            renaming = in_thread(pool, lambda: rename(strength="5 g"))
            with pytest.raises(TimeoutError):
                renaming.result(timeout=1)

        with pytest.raises(IntegrityError):
            renaming.result(timeout=10)


@pytest.mark.django_db(transaction=True)
def test_of_two_issues_at_once_one_is_refused():
    prescription = PrescriptionFactory()
    doctor = prescription.doctor.user

    def attempt(_number):
        try:
            Prescription.objects.get().issue(by=doctor, at=timezone.now(), reviewed=True)
        except RuleViolation as refusal:
            return refusal.code
        finally:
            connection.close()
        return "issued"

    with ThreadPoolExecutor(2) as pool:
        answers = sorted(pool.map(attempt, range(2)))

    assert answers == ["issued", "not_a_draft"]
    assert PrescriptionEvent.objects.count() == 1
