"""The demo's mail and text messages: a backend that writes each into a folder, and how the messages there are read.

Worker and pages are several processes, and our pages allow neither inline styles nor frames: no library does both.
"""

import time
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from email.message import EmailMessage
from email.parser import BytesParser
from email.policy import default as modern
from pathlib import Path
from typing import Any

from django.conf import settings
from django.core.mail.backends.base import BaseEmailBackend

from clinic.codes import uid

SHOWN = 100
CHANNEL_HEADER = "X-Portal-Channel"


class EmailBackend(BaseEmailBackend):
    """Writes each message as a file into EMAIL_OUTBOX, named by the clock, so that names sort by age."""

    def send_messages(self, email_messages: Sequence[Any]) -> int:
        for message in email_messages:
            write(message.message().as_bytes())
        return len(email_messages)


def write(message: bytes) -> None:
    """Keep one message."""
    settings.EMAIL_OUTBOX.mkdir(parents=True, exist_ok=True)
    path = settings.EMAIL_OUTBOX / f"{time.time_ns()}-{uid()}.eml"
    unfinished = path.with_suffix(".part")
    unfinished.write_bytes(message)
    unfinished.rename(path)


@dataclass(frozen=True)
class Letter:
    """One message of the outbox, as people read it."""

    name: str
    message: EmailMessage

    @property
    def is_sms(self) -> bool:
        return self.message[CHANNEL_HEADER] == "sms"

    @property
    def subject(self) -> str:
        """A text message is its own subject."""
        return self.message["Subject"] or self.text.strip()

    @property
    def sender(self) -> str:
        return self.message["From"]

    @property
    def recipients(self) -> str:
        return self.message["To"]

    @property
    def sent_at(self) -> datetime:
        """Django writes the offset as -0000: UTC, from a machine that says nothing of its own zone (RFC 5322)."""
        return self.message["Date"].datetime.replace(tzinfo=UTC)

    @property
    def text(self) -> str:
        return self.body("plain")

    @property
    def html(self) -> str:
        """Empty if there is none."""
        return self.body("html")

    @property
    def attachments(self) -> list[EmailMessage]:
        return list(self.message.iter_attachments())

    @property
    def file_names(self) -> list[str]:
        """Those of the attachments; templates cannot ask a message, which takes names for headers."""
        return [part.get_filename("attachment") for part in self.attachments]

    def body(self, subtype: str) -> str:
        part = self.message.get_body((subtype,))
        return part.get_content() if part is not None else ""


def letters() -> Iterable[Letter]:
    """The newest messages, latest first."""
    return map(read, sorted(paths(), reverse=True)[:SHOWN])


def letter(name: str) -> Letter | None:
    """The message of that name, if it is one of the folder's; a name is never made into a path."""
    return next((read(path) for path in paths() if path.stem == name), None)


def paths() -> Iterable[Path]:
    return settings.EMAIL_OUTBOX.glob("*.eml")


def read(path: Path) -> Letter:
    return Letter(path.stem, BytesParser(_class=EmailMessage, policy=modern).parsebytes(path.read_bytes()))
