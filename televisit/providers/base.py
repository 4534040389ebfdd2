"""What the portal asks of a video service. Each service is one module here; nothing else knows its name.

Nothing here is a model: a provider is made from an Account, does what it is asked, and keeps no rows.
"""

from abc import ABC, abstractmethod
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from enum import StrEnum
from typing import Any, ClassVar

from django.utils.functional import Promise

from .errors import BadAnswer, NotSupported

LONGEST_NAME, LONGEST_URL = 255, 500
Words = str | Promise  # text, or text to be translated when it is shown


@dataclass(frozen=True)
class Options:
    """What a clinic chose for the rooms of one service."""

    start_muted: bool = False
    start_camera_off: bool = False
    vendor_chat: bool = False
    show_names: bool = False
    recording: bool = False

    def at_start(self) -> dict[str, str]:
        """What our page's script must know of them."""
        return {"muted": "yes" if self.start_muted else "", "camera_off": "yes" if self.start_camera_off else ""}


@dataclass(frozen=True)
class Account:
    """A clinic's contract with a service. An empty `base_url` stands for the service's own address.

    `room_prefix` begins the name of every room of this portal; two portals with one contract need two of them.
    """

    credentials: Mapping[str, str] = field(default_factory=dict, repr=False)
    region: str = ""
    options: Options = Options()
    base_url: str = ""
    room_prefix: str = "visit-"


@dataclass(frozen=True)
class RoomOrder:
    """What we ask for. `name` is opaque, begins with the account's prefix, and is `A-Z a-z 0-9 -`, 40 at most."""

    name: str
    opens_at: datetime
    expires_at: datetime
    most_people: int


@dataclass(frozen=True)
class Room:
    """A room at the service: its own name for it, and its address where it has one. Longer ones make no room."""

    name: str
    url: str = ""

    def __post_init__(self) -> None:
        if len(self.name) > LONGEST_NAME or len(self.url) > LONGEST_URL:
            raise BadAnswer


@dataclass(frozen=True)
class Person:
    """Who enters. `shown_name` is the role in words, unless the clinic lets the service have names."""

    uid: str
    role: str
    shown_name: str
    is_host: bool


@dataclass(frozen=True)
class Entry:
    """How one participant gets into the room: `kind` says what the page does with `url` and `token`.

    `webrtc` is our own room. An `iframe` is drawn from `url` alone. For an `sdk`, and for an iframe that needs care,
    `module` names the file in static/js that draws it; what it needs beside `url` and `token` stands after the # of
    `url`, which goes to no server.
    """

    provider: str
    kind: str
    url: str
    token: str
    expires_at: datetime
    ice_servers: list[dict[str, Any]] = field(default_factory=list)
    module: str = ""


@dataclass(frozen=True)
class Policy:
    """What the room's page must be allowed: sources by CSP directive, and whose frames may use the camera."""

    sources: Mapping[str, Sequence[str]] = field(default_factory=dict)
    camera_origins: Sequence[str] = ()


class EventKind(StrEnum):
    STARTED = "started"
    ENDED = "ended"
    JOINED = "joined"
    LEFT = "left"
    OTHER = "other"


@dataclass(frozen=True)
class Event:
    """What a service told us. `key` is the same whenever the same is told again; `room` is the Room's name.

    `is_host` is said where browsers name themselves to the service: as what it let this one in.
    """

    key: str
    kind: EventKind
    room: str
    person_uid: str
    at: datetime
    raw_kind: str
    is_host: bool | None = None


@dataclass(frozen=True)
class Field:
    """One credential, as the form asks for it. One that is no secret may be shown again; an address must be safe."""

    name: str
    label: Words
    is_secret: bool = True
    help: Words = ""
    is_required: bool = True
    is_long: bool = False
    is_address: bool = False


class Provider(ABC):
    """One video service, with one account. Every call may raise a ProviderError."""

    name: ClassVar[str]
    label: ClassVar[Words]
    credential_fields: ClassVar[tuple[Field, ...]] = ()
    regions: ClassVar[Mapping[str, Words]] = {}
    follows: ClassVar[frozenset[str]] = frozenset()  # which of the Options it can follow, by name
    most_people: ClassVar[int]
    needs_base_url: ClassVar[bool] = False  # one that the clinic runs itself has no address of its own
    has_own_page: ClassVar[bool] = True  # with its own buttons; otherwise our page draws people and buttons
    puts_people_out: ClassVar[bool] = True  # otherwise only the page can take the room away from somebody

    def __init__(self, account: Account) -> None:
        self.account = account

    @abstractmethod
    def create_room(self, order: RoomOrder) -> Room:
        """A room for `order`; the same name twice gives the same room."""

    @abstractmethod
    def join(self, room: Room, person: Person, *, at: datetime, until: datetime) -> Entry:
        """How `person` enters, from `at` on and never after `until`. To be asked for anew when it has expired."""

    @abstractmethod
    def extend(self, room: Room, until: datetime) -> None:
        """Let the room stay open until then."""

    @abstractmethod
    def end(self, room: Room) -> None:
        """Close the room and put everybody out. Ending what has ended changes nothing."""

    @abstractmethod
    def remove(self, room: Room, person_uid: str) -> None:
        """Put this person out. Where the service cannot ban, what they entered with soon expires."""

    def rooms(self) -> Iterator[Room]:
        """The rooms of this portal that the service has open. Raises NotSupported."""
        raise NotSupported

    def parse_webhook(self, headers: Mapping[str, str], body: bytes, *, at: datetime) -> list[Event]:
        """What the service tells us, verified before it is parsed. Header names are taken in any case.

        Raises BadSignature or BadWebhook, and NotSupported where a service tells nothing.
        """
        raise NotSupported

    @abstractmethod
    def policy(self, room: Room) -> Policy:
        """What a page that draws `room` needs of the browser."""

    @abstractmethod
    def check(self) -> None:
        """Whether the account works; raises a ProviderError that says in words what is wrong."""
