"""What there is to say about a kind of notice."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import timedelta
from typing import Any

from appointments.calendar import Method
from appointments.models import Appointment
from clinic.notices.choices import Action, Side

EMAIL, SMS = "email", "sms"
Status = Appointment.Status
COMING = frozenset({Status.CONFIRMED})
GOING_ON = frozenset({Status.CONFIRMED, Status.IN_PROGRESS})
ANY = frozenset(Status)
DAYS = timedelta(days=3)
A_WHILE = timedelta(minutes=30)


@dataclass(frozen=True)
class Words:
    """`subject` heads the e-mail and begins the SMS, and gives nothing away; `title` heads the notice in the portal.

    `text` is in portal and e-mail. Blanks: see clinic/notices/words.py.
    """

    subject: Any
    title: Any
    text: Any


def plain(title: Any, text: Any) -> Words:
    """Words whose title may stand in a subject as well."""
    return Words(title, title, text)


@dataclass(frozen=True)
class Rule:
    """One kind of notice.

    words      who is told, each in their words; in the portal always
    on         the channels beside the portal that are on unless a person switches them off
    fixed      those of them that nobody can switch off
    stands     the states of an appointment in which it is still so
    of_time    whether it names the time of a visit: void once the visit has moved
    before     whether it is of use only until the visit begins
    lasts      how long it is news, once the visit is over or where there is none
    joins      whether a link into the visit belongs to it
    calendar   what a calendar is to do on it
    answers    what each side may answer from the message
    """

    words: Mapping[Side, Words]
    on: tuple[str, ...] = (EMAIL,)
    fixed: tuple[str, ...] = ()
    stands: frozenset[str] = ANY
    of_time: bool = False
    before: bool = False
    lasts: timedelta = DAYS
    joins: bool = False
    calendar: Method | None = None
    answers: Mapping[Side, tuple[Action, ...]] = field(default_factory=dict)

    def may_switch_off(self, channel: str) -> bool:
        return channel not in self.fixed
