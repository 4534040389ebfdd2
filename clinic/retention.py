"""What is kept for how long, and dropping what is older. Clinical records are never dropped by the clock."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from django.conf import settings
from django.contrib.sessions.models import Session
from django.db import models

from clinic.audit.models import AuditSeal
from clinic.models import IdempotencyKey
from clinic.notices.models import Notice
from clinic.time import months_before
from televisit.models import WebhookEvent

BATCH = 5_000
KEYS_KEPT_FOR = timedelta(hours=24)


@dataclass(frozen=True)
class Kept:
    """One kind of row: what is over at an instant, and how it goes."""

    name: str
    over: Callable[[datetime], models.QuerySet[Any]]
    drop: Callable[[Any], int]


def in_batches(rows: models.QuerySet[Any]) -> int:
    """Delete `rows`, some thousands in a transaction. Gives how many of them there were."""
    done = 0
    while keys := list(rows.order_by("pk").values_list("pk", flat=True)[:BATCH]):
        rows.filter(pk__in=keys).delete()
        done += len(keys)
    return done


def sealed_months(at: datetime) -> models.QuerySet[AuditSeal]:
    """Seals of which every line lies in a month before those that are kept."""
    return AuditSeal.objects.older_than(months_before(at, settings.AUDIT_MONTHS))


KEPT = (
    Kept("sessions that have run out", lambda at: Session.objects.filter(expire_date__lt=at), in_batches),
    Kept(
        "keys of repeated requests",
        lambda at: IdempotencyKey.objects.filter(created_at__lt=at - KEYS_KEPT_FOR),
        in_batches,
    ),
    Kept(
        "notices, with their deliveries",
        lambda at: Notice.objects.filter(at__lt=months_before(at, settings.NOTICE_MONTHS)),
        in_batches,
    ),
    Kept(
        "messages of video services",
        lambda at: WebhookEvent.objects.filter(received_at__lt=months_before(at, settings.NOTICE_MONTHS)),
        in_batches,
    ),
    Kept("sealed batches of the audit log", sealed_months, lambda seals: seals.drop_lines()),
)


def drop_what_is_over(at: datetime) -> None:
    """Drop all that is kept long enough at the instant `at`. Safe to run again."""
    for kept in KEPT:
        kept.drop(kept.over(at))
