"""What the project itself does by the clock."""

from celery import shared_task
from django.utils import timezone

from . import heartbeats
from .retention import drop_what_is_over


@shared_task
def heartbeat() -> None:
    """Somebody does the tasks that beat starts."""
    heartbeats.note(heartbeats.WORKER)


@shared_task
def forget_what_is_over() -> None:
    """Drop what is kept long enough: sessions, keys of requests, old notices and audit lines. Safe to run again."""
    drop_what_is_over(timezone.now())
