"""The room of a visit at a video service: opened when the visit nears, entered, left for another, closed."""

from collections.abc import Callable
from contextlib import suppress
from dataclasses import fields, replace
from datetime import datetime, timedelta
from hashlib import sha256
from typing import TypeVar

from django.conf import settings
from django.utils import timezone

from clinic.errors import RuleViolation

from .models import Integration, Participant, Visit, VisitRoom
from .providers import PROVIDERS, Account, Entry, Person, Provider, Room
from .providers.base import Options, Policy, RoomOrder
from .providers.errors import BadAccount, NotSupported, ProviderError, RoomGone
from .providers.webrtc import OwnRooms

Answer = TypeVar("Answer")
ENTRY_TIME = timedelta(minutes=10)  # what somebody enters with; the page asks for a new one half-way


def account_of(integration: Integration) -> Account:
    """What the integration's provider works with."""
    names = {field.name for field in fields(Options)}
    return Account(
        credentials=integration.credentials,
        region=integration.region,
        options=Options(**{name: value for name, value in integration.options.items() if name in names}),
        base_url=integration.address,
        room_prefix=room_prefix(),
    )


def room_prefix() -> str:
    """Begins the names of this portal's rooms: other portals may have rooms at the same service."""
    return f"v{sha256(settings.PUBLIC_URL.encode()).hexdigest()[:6]}-"


def service_of(integration: Integration | None) -> Provider:
    """The video service of an integration; without one, our own rooms. Raises BadAccount."""
    if integration is None:
        return OwnRooms(Account())
    if integration.provider not in PROVIDERS:
        raise BadAccount
    return PROVIDERS[integration.provider](account_of(integration))


def open_room(visit: Visit, *, at: datetime) -> VisitRoom:
    """The open room of `visit`: the one it has, or a new one at the first service that answers.

    Any number of processes may do this at once. Raises VisitIsOver or VisitIsCancelled.
    """
    room = VisitRoom.objects.claim(visit, at=at)
    while not room.is_open:
        try:
            service = service_of(room.integration)
            made = service.create_room(order_of(room))
        except ProviderError as failure:
            room.give_up(str(failure), at=at)
        else:
            room.settle(name=made.name, url=made.url, most_people=service.most_people, at=at)
        room = VisitRoom.objects.claim(visit, at=at)
    return room


def room_at_once(visit: Visit, *, at: datetime) -> VisitRoom | None:
    """The open room of `visit`, without asking any service: the one that it has, or where there are none, our own.

    None if a service has to be asked first, or if nobody may come any more.
    """
    room = VisitRoom.objects.of_visit(visit)
    if room is None and not Integration.objects.in_turn(visit.clinic).exists():
        with suppress(RuleViolation):
            room = open_room(visit, at=at)
    return room if room is not None and room.is_open else None


def order_of(room: VisitRoom) -> RoomOrder:
    visit = room.visit
    return RoomOrder(
        name=f"{room_prefix()}{visit.uid}-{room.attempt}",
        opens_at=visit.opens_at,
        expires_at=visit.expires_at,
        most_people=service_of(room.integration).most_people,
    )


def in_room(visit: Visit, use: Callable[[VisitRoom], Answer], *, at: datetime) -> Answer:
    """What `use` gives of the room of `visit`; where its service fails meanwhile, of the next one.

    Raises VisitIsOver or VisitIsCancelled.
    """
    while True:
        room = open_room(visit, at=at)
        try:
            return use(room)
        except ProviderError as failure:
            room.give_up(str(failure), at=at)


def way_in(seat: Participant, *, at: datetime) -> Entry:
    """How `seat` comes to its visit now: into the room if admitted, else to the visit's socket, to wait there.

    Raises WasRemoved, or what the hour refuses, also if that came while the service was asked.
    """
    entry = in_room(
        seat.visit, lambda room: entry_of(seat, room, at=at) if seat.is_admitted else wait(seat, room, at), at=at
    )
    refuse_left_behind(seat)
    return entry


def refuse_left_behind(seat: Participant) -> None:
    """Raise WasRemoved, or what the hour refuses, as things stand by now: services may have been slow."""
    fresh = Participant.objects.select_related("visit").get(pk=seat.pk)
    fresh.refuse_removed()
    fresh.visit.refuse_unless_open(timezone.now())


def wait(seat: Participant, room: VisitRoom, at: datetime) -> Entry:
    """To the visit's own socket, which says when the doctor has let `seat` in. Nobody waits at a video service."""
    entry = service_of(None).join(at_service(room), person_of(seat, room), at=at, until=seat.visit.expires_at)
    return entry if room.is_own else replace(entry, provider=room.provider, kind="waiting")


def entry_of(seat: Participant, room: VisitRoom, *, at: datetime) -> Entry:
    """How `seat` enters `room`; asks the service, and no database. Raises ProviderError."""
    closes_at = seat.visit.expires_at
    until = closes_at if room.is_own else min(at + ENTRY_TIME, closes_at)
    return service_of(room.integration).join(at_service(room), person_of(seat, room), at=at, until=until)


def person_of(seat: Participant, room: VisitRoom) -> Person:
    """What the service learns of who enters: a role, and a name only if the clinic wants that."""
    with_names = room.integration is not None and room.integration.options.get("show_names", False)
    shown_name = seat.name if with_names else str(seat.get_role_display())
    return Person(uid=seat.uid, role=seat.role, shown_name=shown_name, is_host=seat.is_host)


def at_service(room: VisitRoom) -> Room:
    """The room as its service knows it; under the name that we ordered where it never told us its own."""
    return Room(room.name or order_of(room).name, room.url)


def policy_of(room: VisitRoom) -> Policy:
    """What a page that draws `room` needs of the browser. Raises ProviderError."""
    return service_of(room.integration).policy(at_service(room))


def extend(room: VisitRoom, *, at: datetime) -> None:
    """Let the room stay open as long as its visit; if it is gone, the visit needs another. Raises ProviderError."""
    try:
        service_of(room.integration).extend(at_service(room), room.visit.expires_at)
    except RoomGone as failure:
        room.give_up(str(failure), at=at)


def close(room: VisitRoom, *, at: datetime) -> None:
    """Put everybody out at the service and close the room there; safe to run again. Raises ProviderError.

    Where a service cannot, the page puts people out, and what they entered with expires and is not renewed.
    """
    with suppress(RoomGone, NotSupported):
        service_of(room.integration).end(at_service(room))
    room.note_gone(at=at)


def put_out(room: VisitRoom, seat_uid: str) -> None:
    """Remove a person from the room at the service. Raises ProviderError."""
    with suppress(RoomGone, NotSupported):
        service_of(room.integration).remove(at_service(room), seat_uid)


def is_drawn_here(room: VisitRoom) -> bool:
    """Whether our page draws the people in it, and has the buttons for microphone and camera."""
    return not PROVIDERS[room.provider].has_own_page


def try_out(integration: Integration, *, at: datetime) -> str:
    """What is wrong with the connection, in words; empty if it works. The integration keeps it."""
    problem = ""
    try:
        service_of(integration).check()
    except ProviderError as failure:
        problem = str(failure)
    integration.note_test(problem, at=at)
    return problem


def label_of(room: VisitRoom) -> str:
    """The name of its service, as people know it."""
    return label_of_provider(room.provider)


def label_of_provider(name: str) -> str:
    return str(PROVIDERS[name].label) if name in PROVIDERS else name


def failed_services(visit: Visit) -> list[str]:
    """The names of the services that have failed `visit`."""
    return [label_of(room) for room in visit.rooms.given_up()]
