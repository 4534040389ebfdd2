"""Backups: what was backed up comes back, also under the eyes of who tries it first; what is broken is refused."""

import json

import pytest
from django.core.management import CommandError, call_command
from django.db import connection
from django.utils import timezone

from appointments.models import Appointment
from appointments.tests.factories import AppointmentFactory
from clinic.backups import DATABASE, MANIFEST, back_up, count_rows, verify
from clinic.people.models import Chart, Patient
from clinic.people.tests.factories import PatientFactory

pytestmark = pytest.mark.django_db(transaction=True)

SYMPTOMS = "A rash since Tuesday."
LETTER = b"%PDF-1.7 a letter"


@pytest.fixture(autouse=True)
def own_files(settings, tmp_path):
    options = {"location": tmp_path / "files", "base_url": None}
    backend = {"BACKEND": "django.core.files.storage.FileSystemStorage", "OPTIONS": options}
    settings.STORAGES = {**settings.STORAGES, "default": backend}


@pytest.fixture
def folder(tmp_path):
    return tmp_path / "backup"


def a_clinic():
    appointment, patient = AppointmentFactory(symptoms=SYMPTOMS), PatientFactory()
    facts = {"title": "A letter", "content_type": "application/pdf"}
    Chart.objects.keep(LETTER, patient=patient, by=patient.user, at=timezone.now(), **facts)
    return appointment


def test_counts_and_decrypted_texts_are_the_same_after_a_restore(folder):
    appointment = a_clinic()
    before = count_rows(connection)
    back_up(folder, at=timezone.now())
    Appointment.objects.all().delete()
    PatientFactory()
    chart = Chart.objects.get()
    chart.file.delete(save=False)

    call_command("restore", str(folder), "--replace")

    assert count_rows(connection) == before
    assert Appointment.objects.get(pk=appointment.pk).symptoms == SYMPTOMS
    assert Chart.objects.get().read() == LETTER


def test_trying_a_backup_opens_every_value_and_leaves_nothing_behind(folder):
    a_clinic()
    back_up(folder, at=timezone.now())

    opened = verify(folder)

    with connection.cursor() as cursor:
        cursor.execute("SELECT count(*) FROM pg_database WHERE datname LIKE '%%restore_check'")
        assert cursor.fetchone() == (0,)
    assert opened >= 3  # the symptoms, their end's note, the title


def test_a_backup_that_our_keys_do_not_open_is_no_backup(folder, settings):
    a_clinic()
    back_up(folder, at=timezone.now())
    settings.ENCRYPTION_KEYS = [b"x" * 32]

    with pytest.raises(CommandError, match="ENCRYPTION_KEYS"):
        call_command("restore", str(folder), "--dry-run")


def test_a_file_that_was_changed_is_refused(folder):
    back_up(folder, at=timezone.now())
    with (folder / DATABASE).open("ab") as dump:
        dump.write(b"more")

    with pytest.raises(CommandError, match="not the file that was backed up"):
        call_command("restore", str(folder))


def test_missing_rows_are_found(folder):
    back_up(folder, at=timezone.now())
    manifest = json.loads((folder / MANIFEST).read_text())
    manifest["rows"]["people_patient"] += 1
    (folder / MANIFEST).write_text(json.dumps(manifest))

    with pytest.raises(CommandError, match="people_patient"):
        call_command("restore", str(folder), "--dry-run")


def test_a_restore_that_fails_leaves_all_as_it_was(folder):
    patient = PatientFactory()
    back_up(folder, at=timezone.now())
    with connection.cursor() as cursor:
        cursor.execute("CREATE VIEW in_the_way AS SELECT id FROM people_patient")  # its table cannot be dropped

    try:
        with pytest.raises(CommandError, match="pg_restore"):
            call_command("restore", str(folder), "--replace")

        assert Patient.objects.filter(pk=patient.pk).exists()
        with connection.cursor() as cursor:
            assert "people_patient_pkey" in connection.introspection.get_constraints(cursor, "people_patient")
    finally:
        with connection.cursor() as cursor:
            cursor.execute("DROP VIEW in_the_way")


def test_people_are_not_replaced_without_saying_so(folder):
    patient = PatientFactory()
    back_up(folder, at=timezone.now())

    with pytest.raises(CommandError, match="--replace"):
        call_command("restore", str(folder))

    assert Patient.objects.filter(pk=patient.pk).exists()


def test_the_command_tries_what_it_wrote(folder, capsys):
    a_clinic()

    call_command("backup", str(folder))

    assert "encrypted values open" in capsys.readouterr().out


def test_a_dry_run_writes_nothing(folder):
    call_command("backup", str(folder), "--dry-run")

    assert not folder.exists()


def test_a_backup_never_goes_over_another(folder):
    folder.mkdir()

    with pytest.raises(CommandError, match="exists already"):
        call_command("backup", str(folder))


@pytest.mark.parametrize("secret", [SYMPTOMS.encode(), LETTER])
def test_a_backup_is_as_sealed_as_what_it_holds(folder, secret):
    a_clinic()
    back_up(folder, at=timezone.now())

    assert not any(secret in path.read_bytes() for path in folder.iterdir())
