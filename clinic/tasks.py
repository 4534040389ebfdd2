"""What the project itself does by the clock."""

from datetime import timedelta

from celery import shared_task
from django.core.management import call_command
from django.utils import timezone

from . import heartbeats
from .models import IdempotencyKey

KEYS_KEPT_FOR = timedelta(hours=24)


@shared_task
def heartbeat() -> None:
    """Somebody does the tasks that beat starts."""
    heartbeats.note(heartbeats.WORKER)


@shared_task
def forget_what_is_over() -> None:
    """Delete sessions that have run out, and the keys of requests that nobody repeats any more. Safe to run again."""
    call_command("clearsessions")
    IdempotencyKey.objects.filter(created_at__lt=timezone.now() - KEYS_KEPT_FOR).delete()
