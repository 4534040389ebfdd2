"""How pages show notices. Use with ``{% load notices %}``."""

from typing import Any

from django import template

from clinic.notices.models import Notice
from clinic.notices.words import Words, facts_of, words_of

register = template.Library()


@register.simple_tag(takes_context=True)
def unread_notices(context: template.Context) -> int:
    """How many notices the reader has not seen. One query a page."""
    request: Any = context["request"]
    if not hasattr(request, "unread_notices"):
        request.unread_notices = Notice.objects.visible_to(request.user).unread().count()
    return request.unread_notices


@register.filter
def words(notice: Notice) -> Words:
    return words_of(notice)


@register.filter
def facts(notice: Notice) -> list[tuple[str, str]]:
    """Pairs of label and value."""
    return facts_of(notice)
