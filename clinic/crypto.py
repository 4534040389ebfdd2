"""Encryption at rest: model fields, files, and the data keys behind them.

The environment's ENCRYPTION_KEYS wrap the DataKey rows; the data keys encrypt the values, with AES-256-GCM.
A value is ``version (1 byte) | data key id (8) | nonce (12) | ciphertext and tag`` and is bound to its place:
read from another column, it does not open.
"""

import json
import os
import time
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from decimal import Decimal
from functools import partial
from typing import Any

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from django.conf import settings
from django.core.exceptions import FieldError
from django.core.serializers.json import DjangoJSONEncoder
from django.db import connection, models, transaction
from django.db.backends.base.base import BaseDatabaseWrapper

from clinic.models import DataKey

VERSION = b"\x01"
HEADER_BYTES = 9
NONCE_BYTES = 12
DATA_KEY_PLACE = b"clinic.DataKey"
REREAD_SECONDS = 60  # how long a process may go on with a data key after a rotation


class CannotDecrypt(Exception):
    """The bytes were changed, belong to another place, or need a key that we do not have."""


# Values and files


def encrypt(plain: bytes, *, place: str) -> bytes:
    """`plain` under the current data key; only `decrypt` with the same `place` opens it."""
    key_id = key_ring.current_id()
    header = VERSION + key_id.to_bytes(HEADER_BYTES - 1)
    return header + _seal(key_ring.key(key_id), plain, header + place.encode())


def decrypt(sealed: bytes, *, place: str) -> bytes:
    """What `encrypt` was given. Raises CannotDecrypt."""
    header = sealed[:HEADER_BYTES]
    if header[:1] != VERSION:
        raise CannotDecrypt(f"{place}: this is not an encrypted value")
    try:
        return _unseal(key_ring.key(int.from_bytes(header[1:])), sealed[HEADER_BYTES:], header + place.encode())
    except (InvalidTag, ValueError):
        raise CannotDecrypt(f"{place}: the value was changed, or copied from elsewhere") from None


def _seal(key: bytes, plain: bytes, bound_to: bytes) -> bytes:
    nonce = os.urandom(NONCE_BYTES)
    return nonce + AESGCM(key).encrypt(nonce, plain, bound_to)


def _unseal(key: bytes, sealed: bytes, bound_to: bytes) -> bytes:
    return AESGCM(key).decrypt(sealed[:NONCE_BYTES], sealed[NONCE_BYTES:], bound_to)


# Data keys


class KeyRing:
    """The data keys that this process has opened, and which one is current."""

    def __init__(self) -> None:
        self.forget()

    def forget(self) -> None:
        """Read everything anew at the next use."""
        self._opened: dict[int, bytes] = {}
        self._current: tuple[int, float] = (0, float("-inf"))  # its id, and when it was read

    def key(self, key_id: int) -> bytes:
        """The data key `key_id`, opened. Raises CannotDecrypt."""
        opened = self._opened  # another thread may forget() meanwhile
        if key_id not in opened:
            row = DataKey.objects.filter(pk=key_id).first()
            if row is None:
                raise CannotDecrypt(f"data key {key_id} is not in this database")
            opened[key_id] = unwrap(row)
        return opened[key_id]

    @contextmanager
    def of(self, rows: Iterable[DataKey]) -> Iterator[None]:
        """Open values by the data keys in `rows`, of whichever database, until it is over."""
        before, self._opened = self._opened, {row.pk: unwrap(row) for row in rows}
        try:
            yield
        finally:
            self._opened = before

    def current_id(self) -> int:
        """The data key for new values; the first one is made on first need."""
        known, read_at = self._current
        if time.monotonic() - read_at < REREAD_SECONDS:
            return known
        newest = DataKey.objects.order_by("pk").values_list("pk", flat=True).last() or make_first_data_key().pk
        if newest == known or not connection.in_atomic_block:
            self._use(newest)
        else:  # made in a transaction that is still open, it may vanish with it
            transaction.on_commit(partial(self._use, newest))
        return newest

    def _use(self, key_id: int) -> None:
        self._current = (key_id, time.monotonic())


key_ring = KeyRing()


def unwrap(row: DataKey) -> bytes:
    """The data key in `row`. Raises CannotDecrypt if none of the environment's keys opens it."""
    for key in settings.ENCRYPTION_KEYS:
        try:
            return _unseal(key, bytes(row.wrapped), DATA_KEY_PLACE)
        except InvalidTag:
            continue
    raise CannotDecrypt(
        f"ENCRYPTION_KEYS does not open data key {row.pk} of this database: put back the key that was in use."
    )


def wrap(data_key: bytes) -> bytes:
    """`data_key` as a DataKey row stores it, under the environment's newest key."""
    return _seal(settings.ENCRYPTION_KEYS[0], data_key, DATA_KEY_PLACE)


def make_data_key() -> DataKey:
    """A new row, current from now on."""
    return DataKey.objects.create(wrapped=wrap(AESGCM.generate_key(bit_length=256)))


@transaction.atomic
def make_first_data_key() -> DataKey:
    """The only data key of a new database, whoever of several processes makes it."""
    _lock_data_keys()
    return DataKey.objects.order_by("pk").last() or make_data_key()


@transaction.atomic
def rotate() -> DataKey:
    """Wraps all data keys with the environment's newest key and starts a new one, which it gives.

    Values are not rewritten; other processes take up the new key within REREAD_SECONDS.
    """
    _lock_data_keys()
    for row in DataKey.objects.all():
        row.wrapped = wrap(unwrap(row))
        row.save(update_fields=["wrapped"])
    transaction.on_commit(key_ring.forget)
    return make_data_key()


def _lock_data_keys() -> None:
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_advisory_xact_lock(hashtext('clinic.DataKey'))")


def has_table() -> bool:
    """Whether the database has been migrated so far that it can hold data keys."""
    return DataKey._meta.db_table in connection.introspection.table_names()


def key_problem() -> str | None:
    """One clear line if the environment's keys do not open the database's data keys; None if all is well."""
    if not has_table():
        return None
    try:
        for row in DataKey.objects.order_by("-pk"):
            unwrap(row)
    except CannotDecrypt as problem:
        return str(problem)
    return None


def check_keys() -> None:
    """Stops the process with one clear line if `key_problem` finds one."""
    problem = key_problem()
    if problem:
        raise SystemExit(problem)


# Model fields


class EncryptedField(models.Field):
    """What encrypted fields share: bytes in the database, and no queries but ``isnull``.

    `bound_to` names the field whose values these are, where it is not this one: in a history table, or after a rename.
    """

    def __init__(self, *args: Any, bound_to: str = "", **kwargs: Any) -> None:
        self.bound_to = bound_to
        super().__init__(*args, **kwargs)

    def deconstruct(self) -> Any:
        name, path, args, kwargs = super().deconstruct()
        if self.bound_to:
            kwargs["bound_to"] = self.bound_to
        return name, path, args, kwargs

    @property
    def place(self) -> str:
        """What values are bound to: ``people.patient.phone``."""
        return self.bound_to or f"{self.model._meta.label_lower}.{self.name}"

    def db_type(self, connection: BaseDatabaseWrapper) -> str:
        return "bytea"

    def get_db_prep_value(self, value: Any, connection: Any, prepared: bool = False) -> Any:  # noqa: FBT001, FBT002
        if value is None:
            return None
        return connection.Database.Binary(encrypt(self.to_bytes(value), place=self.place))

    def from_db_value(self, value: Any, expression: object, connection: object) -> Any:
        if value is None:
            return None
        return self.from_bytes(decrypt(bytes(value), place=self.place))

    def get_lookup(self, lookup_name: str) -> Any:
        if lookup_name == "isnull":
            return super().get_lookup(lookup_name)
        raise FieldError(f"{self} is encrypted: a query can only ask with isnull whether there is a value.")

    def get_transform(self, lookup_name: str) -> Any:
        raise FieldError(f"{self} is encrypted: a query cannot look into it.")

    def to_bytes(self, value: Any) -> bytes:
        return bytes(value)

    def from_bytes(self, plain: bytes) -> Any:
        return plain


class EncryptedTextField(EncryptedField, models.TextField):
    """Text, encrypted at rest."""

    def to_bytes(self, value: Any) -> bytes:
        return str(value).encode()

    def from_bytes(self, plain: bytes) -> str:
        return plain.decode()


class EncryptedJSONField(EncryptedField, models.JSONField):
    """What JSON can say, encrypted at rest. Dates and decimals go in as text."""

    def to_bytes(self, value: Any) -> bytes:
        return json.dumps(value, cls=DjangoJSONEncoder).encode()

    def from_bytes(self, plain: bytes) -> Any:
        return json.loads(plain)


class EncryptedBinaryField(EncryptedField, models.BinaryField):
    """Bytes, encrypted at rest."""


class EncryptedIntegerField(EncryptedField, models.IntegerField):
    """A whole number, encrypted at rest."""

    def to_bytes(self, value: Any) -> bytes:
        return str(int(value)).encode()

    def from_bytes(self, plain: bytes) -> int:
        return int(plain)


class EncryptedDecimalField(EncryptedField, models.DecimalField):
    """An exact number, encrypted at rest."""

    def to_bytes(self, value: Any) -> bytes:
        return str(value).encode()

    def from_bytes(self, plain: bytes) -> Decimal:
        return Decimal(plain.decode())
