"""What no app owns: the data keys behind encrypted values, and the keys that make a repeated request harmless."""

from typing import Any

from django.conf import settings
from django.db import connection, models

CLAIM = """
    INSERT INTO clinic_idempotencykey (user_id, key, fingerprint, reference, created_at)
    VALUES (%s, %s, %s, '', now()) ON CONFLICT DO NOTHING
"""


class DataKey(models.Model):
    """A key that encrypts values; stored wrapped by one of the environment's ENCRYPTION_KEYS. The newest is in use."""

    wrapped = models.BinaryField()
    created_at = models.DateTimeField(auto_now_add=True)

    def __str__(self) -> str:
        return f"data key {self.pk}"


class IdempotencyKeyManager(models.Manager["IdempotencyKey"]):
    def claim(self, user: Any, key: str, *, fingerprint: str) -> bool:
        """A new row, in one statement; False if there is one already, once whoever makes it has ended."""
        with connection.cursor() as cursor:
            cursor.execute(CLAIM, [user.pk, key, fingerprint])
            return cursor.rowcount == 1


class IdempotencyKey(models.Model):
    """That a user's request under this key has been done, and the public reference of what it made."""

    user = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.CASCADE, related_name="+")
    key = models.CharField(max_length=64)
    fingerprint = models.CharField(max_length=64)
    reference = models.CharField(max_length=64)
    created_at = models.DateTimeField(auto_now_add=True, db_index=True)

    objects = IdempotencyKeyManager()

    class Meta:
        constraints = [models.UniqueConstraint(fields=["user", "key"], name="idempotency_key_used_once")]

    def __str__(self) -> str:
        return f"idempotency key {self.pk}"
