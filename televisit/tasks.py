"""The visits' work that waits for no page. Each task may run twice without harm."""

from celery import shared_task
from django.utils import timezone

from .models import Visit


@shared_task
def close_expired_rooms() -> None:
    """Queue the end of each visit whose time is over, so that what is wrong with one does not stop the others."""
    for pk in Visit.objects.due_to_close(timezone.now()).values_list("pk", flat=True):
        close_expired_room.delay(pk)


@shared_task
def close_expired_room(visit_id: int) -> bool:
    """Close one room, unless it was closed meanwhile. Gives whether this run did it; safe to run again."""
    return Visit.objects.with_parties().get(pk=visit_id).expire(at=timezone.now())
