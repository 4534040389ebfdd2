"""The visits' work that waits for no page. Each task may run twice without harm."""

from celery import shared_task
from django.utils import timezone

from .models import Visit


@shared_task
def close_expired_rooms() -> int:
    """Close every room whose time is over. Gives how many this run closed."""
    at = timezone.now()
    return sum(visit.expire(at=at) for visit in Visit.objects.with_parties().due_to_close(at))
