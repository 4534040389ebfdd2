"""Rooms that a video service has and we do not, and the reverse: found and closed. Who may not be in one is put out."""

from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from functools import partial

from django.db.models import Q
from django.utils.translation import gettext as _

from . import rooms
from .models import Integration, Participant, VisitRoom, WebhookEvent
from .providers import Room
from .providers.errors import NotSupported, ProviderError

JUST_NOW = timedelta(minutes=2)  # what was opened meanwhile is in one of the lists only
NOT_FOR_EVER = timedelta(days=2)  # a service that a clinic has left is not asked again and again


@dataclass
class Differences:
    """What does not agree between a service and us."""

    integration: Integration
    unknown: list[Room] = field(default_factory=list)  # the service has them, and no visit is in them
    missing: list[VisitRoom] = field(default_factory=list)  # visits are in them, and the service has them no more
    left_over: list[VisitRoom] = field(default_factory=list)  # the service was never heard to close them
    intruders: list[tuple[VisitRoom, Participant]] = field(default_factory=list)  # in a room where they may not be

    def lines(self) -> list[str]:
        """Each of them as a line for who runs the portal."""
        return [
            *(f"not ours: {room.name}" for room in self.unknown),
            *(f"gone: {room.name}" for room in self.missing),
            *(f"not closed yet: {rooms.at_service(room).name}" for room in self.left_over),
            *(f"not put out yet: {seat.uid} of {room.name}" for room, seat in self.intruders),
        ]


def compare(integration: Integration, *, at: datetime) -> Differences:
    """What does not agree now. Raises ProviderError if the service cannot be asked."""
    recent = VisitRoom.objects.left_over().filter(closed_at__gt=at - NOT_FOR_EVER)
    found = Differences(integration, left_over=list(recent.filter(integration=integration).with_visit()))
    ours = integration.rooms.in_use().with_visit()
    found.intruders = [(room, seat) for room in ours if room.is_open for seat in intruders_in(room, at)]
    try:
        there = {room.name: room for room in rooms.service_of(integration).rooms()}
    except NotSupported:
        return found
    names = {room.name for room in ours if room.name} | {room.name for room in found.left_over}
    if not any(room.opened_at is None for room in ours):  # one that is being opened has no name yet
        found.unknown = [room for name, room in there.items() if name not in names]
    settled = [room for room in ours if room.opened_at and room.opened_at < at - JUST_NOW]
    found.missing = [room for room in settled if room.name not in there]
    return found


def intruders_in(room: VisitRoom, at: datetime) -> Iterator[Participant]:
    """Who is in it for a while, as far as the service has told, and was put out, or never let in."""
    removed, waiting = Q(removed_at__lt=at - JUST_NOW), Q(removed_at=None, admitted_at=None)
    for seat in Participant.objects.filter(removed | waiting, visit=room.visit_id):
        stays = WebhookEvent.objects.stays(room, seat)
        if stays and stays[-1].until is None and stays[-1].since < at - JUST_NOW:
            yield seat


def settle(found: Differences, *, at: datetime) -> None:
    """Close what does not agree, put out who may not be there; visits whose room is gone get another one.

    Raises the last ProviderError, once everything else is settled.
    """
    for row in found.missing:
        row.give_up(_("The video service no longer has this room."), at=at)
        row.note_gone(at=at)
    service = rooms.service_of(found.integration)
    calls = [
        *(partial(service.end, room) for room in found.unknown),
        *(partial(rooms.close, row, at=at) for row in found.left_over),
        *(partial(rooms.put_out, row, seat.uid) for row, seat in found.intruders),
    ]
    failure = None
    for call in calls:
        try:
            call()
        except ProviderError as error:
            failure = error
    if failure is not None:
        raise failure


def reconcile(integration: Integration, *, at: datetime) -> Differences:
    """Find what does not agree with one service, and close it; safe to run again. Raises ProviderError."""
    found = compare(integration, at=at)
    settle(found, at=at)
    return found
