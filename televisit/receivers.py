"""What a visit does on the facts of its appointment, what follows a visit, and what its open pages are told."""

from collections.abc import Iterator
from typing import Any

from django.db import transaction
from django.dispatch import receiver

from appointments.models import Appointment, AppointmentEvent
from appointments.signals import appointment_changed
from clinic.live import tell_once_committed

from . import tasks
from .absence import bring_back
from .models import Invitation, Visit, VisitEvent
from .models.participants import PAUSED
from .signals import visit_changed

Kind = VisitEvent.Kind
HOURS = {Kind.MOVED, Kind.EXTENDED}
NEWS_OF: dict[str, str] = {
    **dict.fromkeys([Kind.JOINED, Kind.LEFT, Kind.SOON, Kind.DEVICE_CHECK], "visit.news"),
    **dict.fromkeys([*HOURS, Kind.REOPENED, Kind.ENDED, Kind.EXPIRED, Kind.CANCELLED], "visit.changed"),
    Kind.BY_PHONE: "by.phone",
    Kind.FAILED_OVER: "room.changed",
}
LEAVES_ROOM = {Kind.MOVED, Kind.ENDED, Kind.EXPIRED, Kind.CANCELLED}


@receiver(appointment_changed, dispatch_uid="visit follows its appointment")
def follow_appointment(event: AppointmentEvent, **kwargs: Any) -> None:
    """A confirmed appointment has its visit, at its hours; one that has come to its end has no open visit."""
    if event.after == Appointment.Status.CONFIRMED and not event.before:
        Visit.objects.open_for(event.appointment, by=event.actor, at=event.at)
    elif event.after == Appointment.Status.CONFIRMED:
        visit = Visit.objects.schedule(event.appointment, by=event.actor, at=event.at)
        visit.follow_appointment(by=event.actor, at=event.at)
        if event.kind == AppointmentEvent.Kind.MISSED_UNDONE:
            bring_back(visit, by=event.actor, at=event.at)
    elif event.after not in Appointment.ACTIVE:
        for visit in Visit.objects.unfinished().filter(appointment=event.appointment):
            visit.close_with_appointment(by=event.actor, at=event.at)


@receiver(visit_changed, dispatch_uid="the room at a video service follows its visit")
def follow_visit(event: VisitEvent, **kwargs: Any) -> None:
    """Nobody enters the room of a visit that is over, or that moves and gets another one at its new hour."""
    for task, *about in work_of(event):
        queue_once_committed(task, *about)


def work_of(event: VisitEvent) -> Iterator[tuple[Any, ...]]:
    """The tasks by which rooms at video services follow the event, each with what it is about."""
    rooms = event.visit.rooms
    open_rooms = rooms.at_services().values_list("pk", flat=True)
    if event.kind in LEAVES_ROOM:
        yield from ((tasks.close_room, pk) for pk in rooms.close_all(event.at))
    elif event.kind == Kind.FAILED_OVER:
        yield tasks.close_left_over_rooms, event.visit.pk
    elif event.kind == Kind.EXTENDED:
        yield from ((tasks.extend_room, pk) for pk in open_rooms)
    elif event.kind == Kind.REMOVED:
        yield from ((tasks.put_out_of_room, pk, event.participant.uid) for pk in open_rooms)


def queue_once_committed(task: Any, *about: Any) -> None:
    """Without harm to what was done: if Redis is away, that is logged, and the reconciliation finds what is left."""

    def queue() -> None:  # no partial: Django's log of a failed hook wants a name
        task.delay(*about)

    transaction.on_commit(queue, robust=True)


@receiver(visit_changed, dispatch_uid="invitations follow their visit")
def follow_hours(event: VisitEvent, **kwargs: Any) -> None:
    if event.kind in HOURS:
        Invitation.objects.follow(event.visit)


@receiver(visit_changed, dispatch_uid="open pages hear of their visit")
def tell_pages(event: VisitEvent, **kwargs: Any) -> None:
    message = page_message(event)
    if message:
        tell_once_committed(event.visit.group_name, message)
    if event.kind == Kind.EXTENDED:
        for visit in Visit.objects.held_up_by(event.visit):
            tell_once_committed(visit.group_name, {"type": "visit.news"})


def page_message(event: VisitEvent) -> dict[str, str] | None:
    """What the sockets of the visit are sent on `event`; None for what no page shows."""
    if event.note == PAUSED:
        return {"type": "host.paused", "seat": event.participant.uid}
    if event.kind in {Kind.ADMITTED, Kind.REMOVED}:
        return {"type": "seat.changed", "seat": event.participant.uid}
    news = NEWS_OF.get(event.kind)
    return {"type": news} if news else None
