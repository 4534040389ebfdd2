import os
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from decimal import Decimal
from io import StringIO
from typing import Any

import pytest
from django.core.exceptions import FieldError
from django.core.management import call_command
from django.db import connection, models, transaction
from django.test.utils import isolate_apps
from django.utils import timezone

from clinic import crypto
from clinic.checks import encryption_keys_open_the_database
from clinic.crypto import (
    CannotDecrypt,
    EncryptedBinaryField,
    EncryptedDecimalField,
    EncryptedIntegerField,
    EncryptedJSONField,
    EncryptedTextField,
    check_keys,
    decrypt,
    encrypt,
    key_ring,
    rotate,
)
from clinic.models import DataKey
from clinic.people.models import Chart
from clinic.people.tests.factories import PatientFactory

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def fresh_key_ring() -> Iterator[None]:
    key_ring.forget()
    yield
    key_ring.forget()


@pytest.fixture
def sheets() -> Iterator[Any]:
    """A table with one encrypted column of each kind."""
    with isolate_apps("clinic"):

        class Sheet(models.Model):
            text = EncryptedTextField(blank=True, default="")
            advice = EncryptedTextField(null=True)
            data = EncryptedJSONField(null=True)
            picture = EncryptedBinaryField(null=True)
            days = EncryptedIntegerField(null=True)
            dose = EncryptedDecimalField(max_digits=8, decimal_places=3, null=True)

            class Meta:
                app_label = "clinic"

        with connection.schema_editor() as editor:
            editor.create_model(Sheet)
        yield Sheet.objects


def raw(column: str) -> bytes:
    with connection.cursor() as cursor:
        cursor.execute(f"SELECT {column} FROM clinic_sheet")
        return bytes(cursor.fetchone()[0])


def use_another_environment_key(settings: Any) -> None:
    settings.ENCRYPTION_KEYS = [os.urandom(32)]
    key_ring.forget()


@pytest.mark.parametrize(
    ("field", "value"),
    [
        ("text", "Amoxicillin 500 mg, Ω λ ж 薬"),
        ("text", ""),
        ("text", "with a \x00 inside"),
        ("advice", None),
        ("data", {"dose": ["1", 2.5, None], "ж": True}),
        ("data", []),
        ("picture", b"\x00\xff"),
        ("picture", b""),
        ("days", 14),
        ("dose", Decimal("0.125")),
    ],
)
def test_a_value_comes_back_as_it_was(sheets: Any, field: str, value: object) -> None:
    sheet = sheets.create(**{field: value})

    assert getattr(sheets.get(pk=sheet.pk), field) == value


def test_the_database_holds_no_plain_text(sheets: Any) -> None:
    sheets.create(text="penicillin", data={"drug": "penicillin"}, picture=b"penicillin")

    assert not any(b"penicillin" in raw(column) for column in ("text", "data", "picture"))


def test_the_same_text_is_stored_differently_each_time(sheets: Any) -> None:
    sheet = sheets.create(text="twice")
    before = raw("text")

    sheet.save()

    assert raw("text") != before


def test_many_rows_can_be_written_at_once(sheets: Any) -> None:
    rows = sheets.bulk_create([sheets.model(text="one"), sheets.model(text="two")])
    for row in rows:
        row.text += " more"

    sheets.bulk_update(rows, ["text"])

    assert [row.text for row in sheets.order_by("pk")] == ["one more", "two more"]


def test_a_value_copied_to_another_column_does_not_open(sheets: Any) -> None:
    sheets.create(text="for the text column")
    with connection.cursor() as cursor:
        cursor.execute("UPDATE clinic_sheet SET advice = text")

    with pytest.raises(CannotDecrypt, match=r"clinic\.sheet\.advice"):
        sheets.get()


@pytest.mark.parametrize("position", [0, 1, 9, 21, -1])
def test_a_changed_byte_is_noticed(position: int) -> None:
    sealed = bytearray(encrypt(b"10 mg", place="here"))
    sealed[position] ^= 1

    with pytest.raises(CannotDecrypt):
        decrypt(bytes(sealed), place="here")


@pytest.mark.parametrize("length", [0, 1, 9, 15, 30])
def test_a_cut_value_is_noticed(length: int) -> None:
    sealed = encrypt(b"10 mg", place="here")

    with pytest.raises(CannotDecrypt):
        decrypt(sealed[:length], place="here")


def test_a_renamed_field_can_keep_its_values(sheets: Any) -> None:
    sheets.create(advice="rest")
    renamed = EncryptedTextField(bound_to="clinic.sheet.advice")

    assert renamed.from_db_value(raw("advice"), None, connection) == "rest"


def test_migrations_write_the_field_as_it_was_declared() -> None:
    field = EncryptedTextField(blank=True, bound_to="people.patient.phone")

    _name, path, args, kwargs = field.deconstruct()

    assert (path, args, kwargs) == (
        "clinic.crypto.EncryptedTextField",
        [],
        {"blank": True, "bound_to": "people.patient.phone"},
    )


@pytest.mark.parametrize("lookup", [{"text": "x"}, {"advice__contains": "x"}, {"data__dose": 1}, {"advice": None}])
def test_a_query_cannot_look_into_encrypted_values(sheets: Any, lookup: dict[str, Any]) -> None:
    with pytest.raises(FieldError, match="is encrypted"):
        sheets.filter(**lookup)


def test_a_query_can_ask_whether_there_is_a_value(sheets: Any) -> None:
    sheets.create(advice="rest")

    assert sheets.filter(advice__isnull=False).count() == 1


def test_rotation_keeps_old_values_and_starts_a_new_key(settings: Any) -> None:
    old = encrypt(b"before", place="here")
    settings.ENCRYPTION_KEYS = [os.urandom(32), *settings.ENCRYPTION_KEYS]

    rotate()
    settings.ENCRYPTION_KEYS = settings.ENCRYPTION_KEYS[:1]
    key_ring.forget()

    new = encrypt(b"after", place="here")
    assert decrypt(old, place="here") == b"before"
    assert new[:9] != old[:9]


def test_files_open_after_a_rotation_without_the_old_key(settings: Any) -> None:
    patient = PatientFactory()
    facts = {"title": "x", "content_type": "image/png", "at": timezone.now()}
    Chart.objects.keep(b"a picture", patient=patient, by=patient.user, **facts)
    settings.ENCRYPTION_KEYS = [os.urandom(32), *settings.ENCRYPTION_KEYS]

    rotate()
    settings.ENCRYPTION_KEYS = settings.ENCRYPTION_KEYS[:1]
    key_ring.forget()

    assert Chart.objects.get().read() == b"a picture"


def test_a_backup_from_before_opens_with_the_keys_of_then(settings: Any) -> None:
    sealed, backup, keys = encrypt(b"before", place="here"), list(DataKey.objects.values()), settings.ENCRYPTION_KEYS
    settings.ENCRYPTION_KEYS = [os.urandom(32), *keys]
    rotate()

    DataKey.objects.all().delete()
    DataKey.objects.bulk_create([DataKey(**row) for row in backup])
    settings.ENCRYPTION_KEYS = keys
    key_ring.forget()

    assert decrypt(sealed, place="here") == b"before"


@pytest.mark.django_db(transaction=True)
def test_values_that_are_written_during_rotations_all_open(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(crypto, "REREAD_SECONDS", 0)

    def write(number: int) -> tuple[int, bytes]:
        try:
            return number, encrypt(b"%d" % number, place="here")
        finally:
            connection.close()

    def rotate_once(_number: int) -> None:
        try:
            rotate()
        finally:
            connection.close()

    with ThreadPoolExecutor(4) as pool:
        rotations = [pool.submit(rotate_once, number) for number in range(5)]
        written = list(pool.map(write, range(60)))
        for rotation in rotations:
            rotation.result()
    key_ring.forget()

    assert [decrypt(sealed, place="here") for _number, sealed in written] == [b"%d" % number for number, _ in written]
    assert len(DataKey.objects.all()) >= 5


def test_a_running_process_takes_up_a_rotation(monkeypatch: pytest.MonkeyPatch) -> None:
    before = encrypt(b"", place="here")
    newest = crypto.make_data_key()  # another process rotates

    monkeypatch.setattr(crypto, "REREAD_SECONDS", 0)

    assert encrypt(b"", place="here")[1:9] == newest.pk.to_bytes(8)
    assert before[1:9] != newest.pk.to_bytes(8)


def test_a_data_key_that_is_rolled_back_is_not_used_again() -> None:
    DataKey.objects.all().delete()
    with transaction.atomic():
        encrypt(b"", place="here")
        transaction.set_rollback(True)

    sealed = encrypt(b"still readable", place="here")
    key_ring.forget()

    assert decrypt(sealed, place="here") == b"still readable"


def test_keys_that_fit_let_the_portal_start() -> None:
    encrypt(b"", place="here")

    check_keys()


def test_a_wrong_key_stops_the_start_in_one_line(settings: Any) -> None:
    encrypt(b"", place="here")
    use_another_environment_key(settings)

    with pytest.raises(SystemExit, match=r"^ENCRYPTION_KEYS does not open data key \d+ of this database.*$"):
        check_keys()


def test_a_wrong_key_fails_the_system_check(settings: Any) -> None:
    encrypt(b"", place="here")
    use_another_environment_key(settings)

    assert [error.id for error in encryption_keys_open_the_database(databases=["default"])] == ["clinic.E001"]


def test_a_wrong_key_opens_no_value(settings: Any) -> None:
    sealed = encrypt(b"secret", place="here")
    use_another_environment_key(settings)

    with pytest.raises(CannotDecrypt, match="ENCRYPTION_KEYS"):
        decrypt(sealed, place="here")


def test_the_command_rotates() -> None:
    before = DataKey.objects.count()

    call_command("rotate_keys", stdout=StringIO())

    assert DataKey.objects.count() == before + 1


@pytest.mark.django_db(transaction=True)
def test_an_emptied_database_gets_a_new_data_key() -> None:
    DataKey.objects.all().delete()

    call_command("flush", interactive=False)

    assert DataKey.objects.count() == 1
    assert decrypt(encrypt(b"x", place="here"), place="here") == b"x"
