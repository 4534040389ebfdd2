"""A notice as an e-mail: text and HTML, in the recipient's language and zone, with the calendar file if need be."""

from datetime import datetime
from email.utils import formataddr, parseaddr
from typing import Any

from django.conf import settings
from django.core.mail import EmailMultiAlternatives
from django.template.loader import render_to_string

from appointments.calendar import Attendee, Method, calendar_file
from clinic.people.models import Clinic
from clinic.text import one_line

from .choices import Kind, Side
from .links import links_of
from .models import Delivery, Notice
from .readers import address_of, as_read_by, clinic_of
from .words import facts_of, words_of

SUBJECT_LIMIT = 150


def mail_of(delivery: Delivery, *, at: datetime) -> EmailMultiAlternatives:
    """The mail that tells the notice of `delivery` to its recipient, as made at the instant `at`."""
    notice = delivery.notice
    clinic = clinic_of(notice)
    with as_read_by(notice):
        context = context_of(delivery, clinic)
        mail = EmailMultiAlternatives(
            subject=one_line(context["words"].subject, limit=SUBJECT_LIMIT),
            body=render_to_string("mail/notice.txt", context),
            from_email=sender(clinic),
            to=[address_of(notice)],
            reply_to=[clinic.email] if clinic.email else [],
            headers={"Message-ID": delivery.message_id, "Auto-Submitted": "auto-generated"},
        )
        mail.attach_alternative(render_to_string("mail/notice.html", context), "text/html")
        attach_calendar(mail, notice, at=at)
    mail.metadata = {"delivery": delivery.name}  # type: ignore[attr-defined]  # anymail's: services repeat it to us
    mail.track_opens = mail.track_clicks = False  # type: ignore[attr-defined]
    return mail


def context_of(delivery: Delivery, clinic: Clinic) -> dict[str, Any]:
    """What the templates of a mail say, in the language and on the clock that hold now."""
    notice = delivery.notice
    return {
        "words": words_of(notice),
        "facts": facts_of(notice),
        "links": links_of(delivery),
        "clinic": clinic,
        "clinic_name": one_line(clinic.name),
        "has_preferences": notice.recipient is not None,
        "portal": settings.PUBLIC_URL,
    }


def attach_calendar(mail: EmailMultiAlternatives, notice: Notice, *, at: datetime) -> None:
    """Invite, or take the invitation back; as a part beside text and HTML, which calendars act on, and as a file."""
    method = calendar_method(notice)
    if method is None or notice.appointment is None:
        return
    file = calendar_file(notice.appointment, method=method, attendee=attendee_of(notice), at=at)
    mail.attach_alternative(file.decode(), f"text/calendar; method={method}")
    mail.attach("invite.ics", file, "application/ics")


def attendee_of(notice: Notice) -> Attendee:
    """The recipient: by their account, or as they were invited."""
    if notice.recipient is not None:
        return Attendee(notice.recipient.email, str(notice.recipient))
    name = notice.invitation.name if notice.invitation is not None else ""
    return Attendee(notice.address, name or notice.address, is_guest=True)


def calendar_method(notice: Notice) -> Method | None:
    """What a calendar is to do: only what was confirmed, and has a time, stands in it."""
    appointment = notice.appointment
    if appointment is None or appointment.period is None:
        return None
    if notice.side == Side.FORMER_DOCTOR:
        return Method.CANCEL
    if notice.kind == Kind.CANCELLED:
        return Method.CANCEL if notice.takes_back_an_invitation() else None
    return notice.rule.calendar if appointment.status != appointment.Status.REQUESTED else None


def sender(clinic: Clinic) -> str:
    """The portal's address, under the clinic's name."""
    return formataddr((one_line(clinic.name), parseaddr(settings.DEFAULT_FROM_EMAIL)[1]))
