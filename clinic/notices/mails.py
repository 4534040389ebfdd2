"""A notice as an e-mail: text and HTML, in the recipient's language and zone, with the calendar file if need be."""

from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from datetime import datetime
from email.utils import formataddr, parseaddr
from typing import Any
from zoneinfo import ZoneInfo

from django.conf import settings
from django.core.mail import EmailMultiAlternatives
from django.template.loader import render_to_string
from django.urls import reverse
from django.utils import timezone, translation
from django.utils.translation import gettext as _

from appointments.calendar import Method, calendar_file
from clinic.people.models import Clinic, User
from clinic.text import one_line
from clinic.time import zone_names

from .models import Kind, Notice
from .words import facts_of, words_of

SUBJECT_LIMIT = 150
JOINABLE = (Kind.CONFIRMED, Kind.REMINDER)


@dataclass(frozen=True)
class Link:
    label: str
    address: str


def mail_of(notice: Notice, *, message_id: str, at: datetime) -> EmailMultiAlternatives:
    """The mail that tells `notice` to its recipient, as made at the instant `at`."""
    clinic = notice.appointment.clinic
    with as_read_by(notice):
        words = words_of(notice)
        context = {
            "words": words,
            "facts": facts_of(notice),
            "links": links_of(notice),
            "clinic": clinic,
            "clinic_name": one_line(clinic.name),
        }
        mail = EmailMultiAlternatives(
            subject=one_line(words.subject, limit=SUBJECT_LIMIT),
            body=render_to_string("mail/notice.txt", context),
            from_email=sender(clinic),
            to=[notice.recipient.email],
            reply_to=[clinic.email],
            headers={"Message-ID": message_id, "Auto-Submitted": "auto-generated"},
        )
        mail.attach_alternative(render_to_string("mail/notice.html", context), "text/html")
        attach_calendar(mail, notice, at=at)
    return mail


def attach_calendar(mail: EmailMultiAlternatives, notice: Notice, *, at: datetime) -> None:
    """Invite, or take the invitation back; as a part beside text and HTML, which calendars act on, and as a file."""
    method = calendar_method(notice)
    if method is None:
        return
    file = calendar_file(notice.appointment, method=method, attendee=notice.recipient, at=at)
    mail.attach_alternative(file.decode(), f"text/calendar; method={method}")
    mail.attach("invite.ics", file, "application/ics")


def calendar_method(notice: Notice) -> Method | None:
    if notice.kind == Kind.CONFIRMED:
        return Method.REQUEST
    return Method.CANCEL if notice.kind == Kind.CANCELLED and notice.takes_back_an_invitation() else None


def links_of(notice: Notice) -> list[Link]:
    """Where the mail leads: links that open a page and change nothing. The first one is the mail's button."""
    if notice.prescription is not None:  # whose address would say what the mail does not
        return [Link(_("Open the portal"), settings.PUBLIC_URL + reverse("notices:list"))]
    page = Link(_("See the appointment"), absolute(notice.appointment))
    visit = getattr(notice.appointment, "visit", None)
    if notice.kind in JOINABLE and visit is not None:
        return [Link(_("Join the visit"), absolute(visit)), page]
    return [page]


def absolute(thing: Any) -> str:
    return settings.PUBLIC_URL + thing.get_absolute_url()


def sender(clinic: Clinic) -> str:
    """The portal's address, under the clinic's name."""
    return formataddr((one_line(clinic.name), parseaddr(settings.DEFAULT_FROM_EMAIL)[1]))


@contextmanager
def as_read_by(notice: Notice) -> Iterator[None]:
    """Words and times as the recipient of `notice` reads them."""
    with ExitStack() as stack:
        stack.enter_context(translation.override(language_of(notice.recipient)))
        stack.enter_context(timezone.override(zone_of(notice)))
        yield


def language_of(user: User) -> str:
    return user.language if user.language in dict(settings.LANGUAGES) else settings.LANGUAGE_CODE


def zone_of(notice: Notice) -> ZoneInfo:
    """The recipient's own zone, else where the doctor works, else the clinic's."""
    doctor, clinic = notice.appointment.doctor, notice.appointment.clinic
    working = doctor.zone if doctor is not None and notice.is_for_doctor else ""
    chosen = (name for name in (notice.recipient.zone, working, clinic.zone) if name in zone_names())
    return ZoneInfo(next(chosen, "UTC"))
