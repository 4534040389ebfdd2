"""Seals: a chain of signed hashes over the audit log, batch by batch."""

import json
import logging
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime
from hashlib import sha256

from django.db import OperationalError, connection, models, transaction
from django.db.models import Max
from django.utils.translation import gettext_lazy as _

from clinic.signing import BadToken, sign, verify

from .entries import AuditEntry

logger = logging.getLogger(__name__)

BATCH = 10_000
PURPOSE = "audit-seal"
SEALED_FIELDS = (
    "id", "at", "actor_id", "for_whom_id", "patient_id", "action", "subject_type", "subject_id", "address",
)  # fmt: skip


@dataclass(frozen=True)
class Fault:
    """What is wrong with the log, at one seal."""

    seal: "AuditSeal"
    what: str


def hash_of(lines: models.QuerySet[AuditEntry], *, after: str) -> tuple[str, int]:
    """SHA-256, as hexadecimal digits, over the seal before and every line, in order of their numbers; and how many."""
    digest, count = sha256(after.encode()), 0
    for values in lines.order_by("pk").values_list(*SEALED_FIELDS).iterator(chunk_size=2000):
        digest.update(json.dumps(values, default=str).encode())
        count += 1
    return digest.hexdigest(), count


def signed(digest: str, *, dropped: bool) -> str:
    """The hash under our signature, and whether it was we who dropped its lines."""
    return sign({"hash": digest, "dropped": dropped}, purpose=PURPOSE)


def last_settled_line() -> int:
    """The newest line that nothing older can follow: every transaction that writes here has ended.

    Numbers are taken before the commit, so a smaller one may become visible after a larger. Gives 0 for an empty log.
    Raises OperationalError where writers do not let us in within a second.
    """
    with transaction.atomic(), connection.cursor() as cursor:
        cursor.execute("SET LOCAL lock_timeout = '1s'")
        cursor.execute(f"LOCK TABLE {AuditEntry._meta.db_table} IN SHARE MODE")
        return AuditEntry.objects.aggregate(last=Max("pk"))["last"] or 0


class AuditSealQuerySet(models.QuerySet["AuditSeal"]):
    def seal(self) -> int:
        """Seal what was committed since the last seal. Gives how many lines; 0 also while the log is too busy.

        Safe to run again, and in two workers at once.
        """
        try:
            last = last_settled_line()
        except OperationalError:
            return 0
        sealed = 0
        while count := self._seal_batch(last):
            sealed += count
        return sealed

    @transaction.atomic
    def _seal_batch(self, last: int) -> int:
        before = self.select_for_update().order_by("-pk").first()
        lines = self.unsealed_lines(before).filter(pk__lte=last)
        numbers = list(lines.order_by("pk").values_list("pk", "at")[:BATCH])
        if not numbers:
            return 0
        first, newest = numbers[0][0], max(at for _pk, at in numbers)
        digest, count = hash_of(lines.filter(pk__lte=numbers[-1][0]), after=before.hash if before else "")
        facts = {"first": first, "last": numbers[-1][0], "count": count, "newest_at": newest, "hash": digest}
        seal = self.create(before=before, signature=signed(digest, dropped=False), **facts)
        logger.info("Lines %s of the audit log are sealed: %s", seal, digest)  # kept where the database is not
        return count

    def unsealed_lines(self, newest: "AuditSeal | None" = None) -> models.QuerySet[AuditEntry]:
        """What came after the `newest` seal; where none is given, after the newest that there is."""
        newest = newest or self.order_by("-pk").first()
        return AuditEntry.objects.filter(pk__gt=newest.last if newest else 0)

    def faults(self) -> Iterator[Fault | None]:
        """One item for each seal, oldest first: None, or what is wrong there."""
        before: AuditSeal | None = None
        for seal in self.order_by("pk").iterator():
            yield seal.fault(before)
            before = seal

    def older_than(self, instant: datetime) -> "AuditSealQuerySet":
        """Seals of which every line is older; their lines are there still."""
        return self.filter(newest_at__lt=instant, dropped=False)

    def drop_lines(self) -> int:
        """Delete the lines; the seals stay, so that the chain can be checked. Gives how many lines."""
        return sum(seal.drop_lines() for seal in self.order_by("pk"))


class AuditSeal(models.Model):
    """One batch of the log: the lines `first` to `last`, and a hash over them and the seal before, signed.

    The signing key is not in the database: who can change rows cannot make a seal that fits, nor one whose lines were
    dropped by us.
    """

    before = models.OneToOneField(
        "self", models.PROTECT, verbose_name=_("seal before"), null=True, related_name="following"
    )
    first = models.BigIntegerField(_("first line"))
    last = models.BigIntegerField(_("last line"), unique=True)
    count = models.PositiveIntegerField(_("lines"))
    newest_at = models.DateTimeField(_("newest line"))
    hash = models.CharField(_("hash"), max_length=64)
    signature = models.TextField(_("signature"))
    sealed_at = models.DateTimeField(_("sealed"), auto_now_add=True)
    dropped = models.BooleanField(_("lines were dropped"), default=False)

    objects = AuditSealQuerySet.as_manager()

    class Meta:
        ordering = ["-pk"]
        verbose_name = _("audit seal")
        verbose_name_plural = _("audit seals")

    def __str__(self) -> str:
        return f"{self.first}–{self.last}"

    def lines(self) -> models.QuerySet[AuditEntry]:
        return AuditEntry.objects.filter(pk__range=(self.first, self.last))

    def fault(self, before: "AuditSeal | None") -> Fault | None:
        """What is wrong with this seal, which should follow `before`; None where all is as it was."""
        if not self.is_signed():
            return Fault(self, "the seal was not made by this portal")
        if self.before_id != (before.pk if before else None):
            return Fault(self, "the seal before it is missing")
        if self.dropped:
            return None
        digest, count = hash_of(self.lines_since(before), after=before.hash if before else "")
        if count != self.count:
            return Fault(self, f"{count} lines instead of {self.count}")
        return None if digest == self.hash else Fault(self, "a line was changed")

    def lines_since(self, before: "AuditSeal | None") -> models.QuerySet[AuditEntry]:
        """Its lines, and whatever was slipped in between it and the seal `before`."""
        return AuditEntry.objects.filter(pk__gt=before.last if before else 0, pk__lte=self.last)

    def is_signed(self) -> bool:
        try:
            return verify(self.signature, purpose=PURPOSE) == {"hash": self.hash, "dropped": self.dropped}
        except BadToken:
            return False

    @transaction.atomic
    def drop_lines(self) -> int:
        """Delete its lines, which the database allows once the seal says so. Gives how many."""
        self.dropped, self.signature = True, signed(self.hash, dropped=True)
        self.save(update_fields=["dropped", "signature"])
        return self.lines().delete()[0]
