"""What video services tell us of who is in a room: kept, and made into attendances like those of our own rooms."""

from collections.abc import Iterable
from datetime import datetime

from django.db import transaction

from clinic.errors import RuleViolation

from . import tasks
from .models import Attendance, Integration, Participant, VisitEvent, VisitRoom, WebhookEvent
from .providers.base import Event
from .receivers import queue_once_committed

Kind = WebhookEvent.Kind


def take_in(integration: Integration, events: Iterable[Event], *, at: datetime) -> int:
    """Keep the events and do what follows from them. Gives how many were new; the others change nothing."""
    return sum(take_in_one(integration, event, at=at) for event in events)


@transaction.atomic
def take_in_one(integration: Integration, event: Event, *, at: datetime) -> bool:
    """Whether the event was new."""
    facts = {
        "key": event.key,
        "kind": event.kind.value,
        "raw_kind": event.raw_kind,
        "room_name": event.room,
        "person_uid": believed_uid(event),
        "at": min(event.at, at),  # a service's clock may be ahead of ours
    }
    kept = WebhookEvent.objects.keep(integration, facts, at=at)
    if kept is not None and kept.room is not None and kept.kind in {Kind.JOINED, Kind.LEFT}:
        follow(kept.room, kept.person_uid)
    return kept is not None


def believed_uid(event: Event) -> str:
    """Of whom it is told; of nobody where somebody has named themselves the doctor and came in as another."""
    is_doctors = Participant.objects.filter(uid=event.person_uid, role=Participant.Role.DOCTOR).exists()
    return "" if is_doctors and event.is_host is False else event.person_uid


def follow(room: VisitRoom, person_uid: str) -> None:
    """Let the attendances of one person say what the service has told so far, in whatever order it came.

    Two messages at the same moment wait for each other here: otherwise neither would know of the other.
    """
    room.visit.lock()
    seat = Participant.objects.filter(visit=room.visit_id, uid=person_uid).select_related("user").first()
    if seat is None:
        return
    seat.visit = room.visit
    stays = WebhookEvent.objects.stays(room, seat)
    for stay in stays:
        if stay.until is not None:
            note_stay(seat, stay.since, min([stay.until, *ends_of(seat)]))
    if stays and stays[-1].until is None:
        note_presence(seat, stays[-1].since, room)


def note_presence(seat: Participant, since: datetime, room: VisitRoom) -> None:
    """The person is in the room; who may not be is put out again, and a room that we have left is closed again."""
    if room.closed_at is not None:
        room.note_entered()
        queue_once_committed(tasks.close_room, room.pk)
        return
    if seat.is_admitted and seat.attendances.filter(left_at__isnull=True).exists():
        return
    try:
        seat.enter(at=since)
    except RuleViolation:
        queue_once_committed(tasks.put_out_of_room, room.pk, seat.uid)


def ends_of(seat: Participant) -> list[datetime]:
    """After which nobody counts as being there: the end of the visit, the removal of the person."""
    return [at for at in (seat.visit.ended_at, seat.removed_at) if at is not None]


def note_stay(seat: Participant, since: datetime, until: datetime) -> None:
    """The person was in the room and left; what the page's own socket has noted of it stands."""
    known = seat.attendances.filter(joined_at__lte=until)
    if open_now := known.filter(left_at__isnull=True).first():
        open_now.participant = seat
        open_now.leave(at=until)
    elif since < until and seat.admitted_at is not None and not known.filter(left_at__gte=since).exists():
        Attendance.objects.create(participant=seat, joined_at=since, left_at=until)
        for kind, at in ((VisitEvent.Kind.JOINED, since), (VisitEvent.Kind.LEFT, until)):
            seat.visit.record(kind, participant=seat, by=seat.user, at=at)
