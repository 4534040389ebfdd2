"""The visits' work that waits for no page. Each task may run twice without harm."""

from typing import Any

from celery import shared_task
from django.utils import timezone

from appointments.models import Appointment

from . import reconciliation, rooms
from .absence import settle, visits_to_settle, visits_without_doctor
from .errors import VisitIsCancelled, VisitIsOver
from .models import Integration, Visit, VisitRoom
from .providers.errors import ProviderError

again: dict[str, Any] = {"autoretry_for": (ProviderError,), "retry_backoff": 2, "max_retries": 6}


@shared_task
def close_expired_rooms() -> None:
    """Queue the end of each visit whose time is over, so that what is wrong with one does not stop the others."""
    for pk in Visit.objects.due_to_close(timezone.now()).values_list("pk", flat=True):
        close_expired_room.delay(pk)


@shared_task
def close_expired_room(visit_id: int) -> bool:
    """Close one room, unless it was closed meanwhile. Gives whether this run did it; safe to run again."""
    return Visit.objects.with_parties().get(pk=visit_id).expire(at=timezone.now())


@shared_task
def find_absences() -> None:
    """Queue a look at each visit whose doctor has not come, and at each that is over without a word about it."""
    now = timezone.now()
    for pk in visits_without_doctor(now).values_list("appointment_id", flat=True):
        tell_doctor_absent.delay(pk)
    for pk in visits_to_settle(now).values_list("pk", flat=True):
        settle_visit.delay(pk)


@shared_task
def tell_doctor_absent(appointment_id: int) -> bool:
    """Say that the doctor has not come, once. Gives whether this run did it; safe to run again."""
    return Appointment.objects.get(pk=appointment_id).tell_doctor_absent(at=timezone.now())


@shared_task
def settle_visit(visit_id: int) -> bool:
    """Mark who did not come to a visit that is over, if that is certain. Gives whether this run did; may run again."""
    return settle(Visit.objects.with_parties().get(pk=visit_id), at=timezone.now())


@shared_task
def open_rooms() -> None:
    """Queue the opening of a room for each visit that nears and whose clinic has a video service."""
    for pk in Visit.objects.due_a_room(timezone.now()).values_list("pk", flat=True):
        open_room.delay(pk)


@shared_task
def open_room(visit_id: int) -> None:
    """Open the room of one visit, at the first service that answers; safe to run again."""
    try:
        rooms.open_room(Visit.objects.with_parties().get(pk=visit_id), at=timezone.now())
    except (VisitIsOver, VisitIsCancelled):
        return


@shared_task(**again)
def close_room(room_id: int) -> None:
    """Close one room at its service and put everybody out; safe to run again."""
    room = VisitRoom.objects.with_visit().left_over().filter(pk=room_id).first()
    if room is not None:
        rooms.close(room, at=timezone.now())


@shared_task
def close_left_over_rooms(visit_id: int) -> None:
    """Queue the closing of the rooms that a visit has left."""
    for pk in VisitRoom.objects.left_over().filter(visit=visit_id).values_list("pk", flat=True):
        close_room.delay(pk)


@shared_task(**again)
def extend_room(room_id: int) -> None:
    """Let a room stay open as long as its visit goes now; safe to run again."""
    room = VisitRoom.objects.at_services().with_visit().filter(pk=room_id).first()
    if room is not None:
        rooms.extend(room, at=timezone.now())


@shared_task(**again)
def put_out_of_room(room_id: int, seat_uid: str) -> None:
    """Put somebody who was removed out of the room at the service; safe to run again."""
    room = VisitRoom.objects.at_services().with_visit().filter(pk=room_id).first()
    if room is not None:
        rooms.put_out(room, seat_uid)


@shared_task
def reconcile_all_rooms() -> None:
    """Queue a look at each video service's rooms."""
    for pk in Integration.objects.to_reconcile().values_list("pk", flat=True):
        reconcile_rooms.delay(pk)


@shared_task(**again)
def reconcile_rooms(integration_id: int) -> int:
    """Close what does not agree between one service and us. Gives how much that was; safe to run again."""
    found = reconciliation.reconcile(Integration.objects.get(pk=integration_id), at=timezone.now())
    return len(found.lines())
