"""What the portal asks of a video service. Each service is one module here; nothing else knows its name."""

from abc import ABC, abstractmethod
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any, ClassVar

from televisit.models import Participant


@dataclass(frozen=True)
class Entry:
    """How one participant gets into the room: `kind` says what the page does with `url` and `token`."""

    provider: str
    kind: str
    url: str
    token: str
    expires_at: datetime
    ice_servers: list[dict[str, Any]] = field(default_factory=list)


class Provider(ABC):
    """One video service."""

    name: ClassVar[str]

    @abstractmethod
    def join(self, participant: Participant, *, at: datetime) -> Entry:
        """How `participant` enters the room at the instant `at`. Who still waits gets no media servers."""
