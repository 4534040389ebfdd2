"""The visits' work that waits for no page. Each task may run twice without harm."""

from celery import shared_task
from django.utils import timezone

from appointments.models import Appointment

from .absence import settle, visits_to_settle, visits_without_doctor
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
