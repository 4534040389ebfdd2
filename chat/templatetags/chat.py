"""How pages say that there are unread messages. Use with ``{% load chat %}``."""

import re
from datetime import datetime, timedelta
from typing import Any

from django import template
from django.utils import timezone
from django.utils.html import format_html, format_html_join
from django.utils.safestring import SafeString
from django.utils.translation import gettext_lazy as _

from appointments.models import Appointment
from chat.models import Message

register = template.Library()
NOT_IN_ADDRESSES = r"\s<>\"'“”\u200b-\u200f\u061c\u202a-\u202e\u2060-\u2069\ufeff"  # nor what hides or turns letters
ADDRESS = re.compile(rf"(https?://[^{NOT_IN_ADDRESSES}]+[^{NOT_IN_ADDRESSES}.,;:!?)\]])")
USUAL = (
    (timedelta(minutes=15), _("Answers usually come within a quarter of an hour.")),
    (timedelta(hours=1), _("Answers usually come within an hour.")),
    (timedelta(hours=6), _("Answers usually come within some hours.")),
    (timedelta(hours=24), _("Answers usually come within a day.")),
)


@register.inclusion_tag("chat/_unread.html", takes_context=True)
def unread_badge(context: template.Context, appointment: Appointment) -> dict[str, Any]:
    """A badge with the number of messages of this appointment that the reader has not seen; nothing if there are none.

    One query a page, however many appointments it lists.
    """
    request = context["request"]
    if not hasattr(request, "unread_messages"):
        request.unread_messages = Message.objects.unread_by(request.user).count_by_appointment()
    return {"number": request.unread_messages.get(appointment.pk, 0)}


@register.filter
def is_today(at: datetime) -> bool:
    """Whether the instant lies in today on the reader's clock."""
    return timezone.localdate(at) == timezone.localdate()


@register.filter
def with_links(text: str) -> SafeString:
    """The escaped text with its http addresses as links, which give nothing of our pages away."""
    pieces = ADDRESS.split(text)  # words and addresses by turns
    return format_html_join("", "{}", ((link(piece) if odd % 2 else piece,) for odd, piece in enumerate(pieces)))


def link(address: str) -> SafeString:
    """The address itself is the words: nobody can dress it up."""
    return format_html(
        '<a href="{0}" target="_blank" rel="noopener noreferrer nofollow ugc" dir="ltr">{0}</a>', address
    )


@register.filter
def as_usual(span: timedelta) -> str:
    """In words for a patient: how long an answer takes as a rule."""
    for limit, words in USUAL:
        if span <= limit:
            return str(words)
    return str(_("Answers usually take some days."))
