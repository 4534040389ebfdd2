"""A notice as a text message: who we are, what is so, and where to read on."""

import phonenumbers

from clinic.text import one_line

from .links import join_links, page_links
from .models import Delivery, Notice
from .readers import as_read_by, clinic_of
from .words import UNTIMED, short_moment, words_of

LIMIT = 480  # characters: at most a few segments
NAME_LIMIT = 40


def number_of(notice: Notice) -> str:
    """The number that reaches the recipient, as E.164; empty if there is none."""
    typed = notice.recipient.phone if notice.recipient is not None else notice.address
    if not typed or "@" in typed:
        return ""
    try:
        number = phonenumbers.parse(typed)
    except phonenumbers.NumberParseException:
        return ""
    is_usable = phonenumbers.is_possible_number(number)
    return str(phonenumbers.format_number(number, phonenumbers.PhoneNumberFormat.E164)) if is_usable else ""


def text_of(delivery: Delivery) -> str:
    """As "Harbour Clinic: Your visit: Fri 20 Nov, 16:20, Lisbon time. https://…"."""
    notice = delivery.notice
    with as_read_by(notice):
        name = one_line(clinic_of(notice).name, limit=NAME_LIMIT)
        said = f"{name}: {words_of(notice).subject}{when_in_brackets(notice)}."
        links = [*join_links(delivery), *page_links(notice)]  # answers' links are too long
        return one_line(f"{said} {links[0].address}" if links else said, limit=LIMIT)


def when_in_brackets(notice: Notice) -> str:
    """Which visit it is, where the words do not say so themselves, and it is not the one that goes on now."""
    appointment = notice.appointment
    is_clear = notice.kind in UNTIMED or notice.offer is not None or not notice.rule.lasts.days
    if appointment is None or appointment.starts_at is None or is_clear:
        return ""
    start = short_moment(appointment.starts_at)
    return "" if start in words_of(notice).subject else f" ({start})"
