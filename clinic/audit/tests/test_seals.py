"""The audit log's seals: a line that is missing, changed or slipped in is found."""

import threading
from datetime import timedelta
from io import StringIO

import pytest
from django.core.management import CommandError, call_command
from django.db import DatabaseError, connection, transaction
from django.utils import timezone

from clinic.audit.models import AuditEntry, AuditSeal
from clinic.audit.models import seals as module
from clinic.audit.tasks import seal_audit
from clinic.people.tests.factories import PatientFactory

pytestmark = pytest.mark.django_db


def some_lines(count: int = 3) -> list[AuditEntry]:
    patient = PatientFactory()
    return [AuditEntry.objects.record("read", patient, by=None, patient=patient) for _number in range(count)]


def behind_the_back(sql: str, *values: object) -> None:
    """What somebody with all rights in the database could do."""
    with connection.cursor() as cursor:
        cursor.execute("SET CONSTRAINTS ALL IMMEDIATE")  # no trigger may be waiting while they are switched off
        cursor.execute("ALTER TABLE audit_auditentry DISABLE TRIGGER USER")
        cursor.execute("ALTER TABLE audit_auditseal DISABLE TRIGGER USER")
        cursor.execute(sql, values)
        cursor.execute("ALTER TABLE audit_auditentry ENABLE TRIGGER USER")
        cursor.execute("ALTER TABLE audit_auditseal ENABLE TRIGGER USER")


def check() -> str:
    words = StringIO()
    call_command("check_audit", stdout=words, stderr=words)
    return words.getvalue()


def faults() -> list[str]:
    return [fault.what for fault in AuditSeal.objects.faults() if fault]


def test_a_log_that_nobody_touched_fits_its_seals():
    some_lines()
    seal_audit()
    some_lines(2)
    seal_audit()

    assert check() == "2 seals; every line is sealed.\n"


def test_what_is_not_sealed_yet_is_reported():
    some_lines()
    seal_audit()
    some_lines(2)

    assert "1 seals; 2 lines are not sealed yet, the oldest of " in check()


def test_sealing_again_changes_nothing():
    some_lines()

    assert AuditSeal.objects.seal() == 3
    assert AuditSeal.objects.seal() == 0
    assert AuditSeal.objects.count() == 1


def test_many_lines_are_sealed_in_batches(monkeypatch):
    monkeypatch.setattr(module, "BATCH", 4)
    some_lines(10)

    seal_audit()

    assert list(AuditSeal.objects.order_by("pk").values_list("count", flat=True)) == [4, 4, 2]
    assert faults() == []


def test_a_changed_line_is_found():
    line = some_lines()[1]
    seal_audit()

    behind_the_back("UPDATE audit_auditentry SET action = 'changed' WHERE id = %s", line.pk)

    with pytest.raises(CommandError, match="1 seals do not fit"):
        check()
    assert faults() == ["a line was changed"]


def test_a_removed_line_is_found():
    line = some_lines()[1]
    seal_audit()

    behind_the_back("DELETE FROM audit_auditentry WHERE id = %s", line.pk)

    assert faults() == ["2 lines instead of 3"]


def test_a_line_slipped_in_between_two_seals_is_found():
    unwanted = some_lines()[-1]
    behind_the_back("DELETE FROM audit_auditentry WHERE id = %s", unwanted.pk)
    seal_audit()
    some_lines(2)
    seal_audit()

    unwanted.save(force_insert=True)

    assert faults() == ["3 lines instead of 2"]


def test_a_removed_seal_is_found():
    for _time in range(3):
        some_lines(1)
        seal_audit()
    _first, second, third = AuditSeal.objects.order_by("pk")

    behind_the_back("UPDATE audit_auditseal SET before_id = NULL WHERE id = %s", third.pk)
    behind_the_back("DELETE FROM audit_auditseal WHERE id = %s", second.pk)

    assert faults() == ["the seal before it is missing"]


def test_a_seal_made_without_our_key_is_found(settings):
    some_lines()
    seal_audit()

    settings.SIGNING_KEYS = [b"0" * 32]

    assert faults() == ["the seal was not made by this portal"]


@pytest.mark.parametrize("change", [{"action": "changed"}, {"address": "192.0.2.1"}])
def test_the_database_refuses_to_change_a_line(change):
    some_lines(1)

    with pytest.raises(DatabaseError, match="cannot be changed"), transaction.atomic():
        AuditEntry.objects.update(**change)


def test_the_database_refuses_to_delete_a_line_or_a_seal():
    some_lines(1)
    seal_audit()

    for rows in (AuditEntry.objects.all(), AuditSeal.objects.all()):
        with pytest.raises(DatabaseError, match="cannot be changed or deleted"), transaction.atomic():
            rows.delete()


def test_old_lines_are_dropped_and_their_seals_stay():
    some_lines()
    seal_audit()
    some_lines(2)

    dropped = AuditSeal.objects.older_than(timezone.now() + timedelta(seconds=1)).drop_lines()

    assert dropped == 3
    assert AuditEntry.objects.count() == 2
    assert check().startswith("1 seals; 2 lines are not sealed yet")


def test_younger_lines_are_not_dropped():
    some_lines()
    seal_audit()

    assert AuditSeal.objects.older_than(timezone.now() - timedelta(days=1)).drop_lines() == 0


def test_lines_that_somebody_else_dropped_are_found():
    """The database lets lines go whose seal says that they were dropped; our signature does not say so."""
    some_lines()
    seal_audit()

    AuditSeal.objects.update(dropped=True)
    AuditEntry.objects.all().delete()

    assert faults() == ["the seal was not made by this portal"]


@pytest.mark.django_db(transaction=True)
def test_a_line_that_commits_late_is_not_passed_over():
    """Its number is smaller than that of a line which was committed before it."""
    patient, wrote, may_commit = PatientFactory(), threading.Event(), threading.Event()

    def write_slowly() -> None:
        with transaction.atomic():
            AuditEntry.objects.record("read", patient, by=None)
            wrote.set()
            may_commit.wait(5)
        connection.close()

    slow = threading.Thread(target=write_slowly)
    slow.start()
    wrote.wait(5)
    AuditEntry.objects.record("read", patient, by=None)

    assert AuditSeal.objects.seal() == 0  # somebody is still writing
    may_commit.set()
    slow.join()

    assert AuditSeal.objects.seal() == 2
