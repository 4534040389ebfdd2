"""How the portal's templates draw icons, badges, names and times. Use with ``{% load portal %}``."""

from collections.abc import Callable, Iterable
from datetime import date, datetime
from itertools import groupby
from operator import attrgetter
from typing import Any

from django import template
from django.templatetags.static import static
from django.utils import timezone
from django.utils.formats import date_format
from django.utils.html import format_html
from django.utils.safestring import SafeString
from django.utils.translation import gettext as _
from django.utils.translation import pgettext

from clinic.time import PartOfDay

register = template.Library()

TITLES = {"dr", "prof", "mr", "mrs", "ms", "miss"}
STATUS_LOOKS = {  # status of an appointment or prescription: kind of badge, icon
    "requested": ("warn", "hourglass"),
    "confirmed": ("ok", "calendar-check"),
    "in_progress": ("brand", "video"),
    "completed": ("", "circle-check"),
    "cancelled": ("", "calendar-x"),
    "declined": ("", "calendar-x"),
    "expired": ("", "calendar-x"),
    "no_show": ("danger", "circle-x"),
    "draft": ("warn", "file-pen-line"),
    "issued": ("ok", "circle-check"),
    "revoked": ("danger", "ban"),
}

BROWSERS = (("Edg", "Edge"), ("OPR/", "Opera"), ("Firefox/", "Firefox"), ("Chrome/", "Chrome"), ("Safari/", "Safari"))
SYSTEMS = (
    ("iPhone", "iPhone"),
    ("iPad", "iPad"),
    ("Android", "Android"),
    ("Windows", "Windows"),
    ("Mac OS X", "Mac"),
    ("Linux", "Linux"),
)
FORM_NAMES = ("form", "formset", "verify_form", "change_form")  # as views and allauth call them in the context


@register.simple_tag
def icon(name: str, *, flip: bool = False) -> SafeString:
    """The icon `name` of static/icons.svg, hidden from screen readers: words stand next to it.

    `flip` turns arrows round where text runs from right to left.
    """
    return format_html(
        '<svg class="icon{}" width="20" height="20" aria-hidden="true" focusable="false"><use href="{}#{}"/></svg>',
        " icon-flip" if flip else "",
        static("icons.svg"),
        name,
    )


@register.simple_tag
def badge(kind: str, icon_name: str, text: str) -> SafeString:
    """A badge with icon and word. `kind`: ok, warn, info, brand, danger, emergency, or "" for neutral."""
    return format_html('<span class="badge{}">{}{}</span>', f" badge-{kind}" if kind else "", icon(icon_name), text)


@register.simple_tag
def status_badge(thing: Any) -> SafeString:
    """The badge of an appointment's or a prescription's status."""
    kind, icon_name = STATUS_LOOKS[thing.status]
    return badge(kind, icon_name, thing.get_status_display())


@register.filter
def initials(name: str) -> str:
    """Up to two letters for an avatar: "Dr Amara Osei" gives "AO"."""
    words = [word for word in str(name).split() if word.rstrip(".").lower() not in TITLES]
    return "".join(word[0].upper() for word in [*words[:1], *words[1:][-1:]])


@register.filter
def day(value: date) -> str:
    """As "Friday 20 November" in the reader's zone, for headings."""
    return date_format(local(value), pgettext("day in a heading, as Django's date format", "l j F"))


@register.filter
def short_day(value: date) -> str:
    """As "Fri 20 Nov" in the reader's zone, for strips and tickets."""
    return date_format(local(value), pgettext("short day, as Django's date format", "D j M"))


@register.filter
def list_day(value: date) -> str:
    """As "20 Nov 2026" in the reader's zone, for lists."""
    return date_format(local(value), "DATE_FORMAT")


@register.filter
def clock(value: datetime) -> str:
    """As "16:20", or as the language writes it, in the reader's zone."""
    return date_format(local(value), "TIME_FORMAT")


def day_and_time(day_text: str, at: datetime) -> str:
    return _("%(day)s, %(time)s") % {"day": day_text, "time": clock(at)}


WHEN_STYLES: dict[str, Callable[[Any], Any]] = {
    "short": lambda at: day_and_time(short_day(at), at),
    "long": lambda at: day_and_time(day(at), at),
    "list": lambda at: day_and_time(list_day(at), at),
    "day": day,
    "short-day": short_day,
    "list-day": list_day,
    "time": clock,
}


@register.simple_tag
def when(value: date, style: str = "short") -> SafeString:
    """``<bdi><time>`` of an instant or a day, for use inside sentences and lists.

    Styles: short "Fri 20 Nov, 16:20", long "Friday 20 November, 16:20", list "20 Nov 2026, 16:20",
    and parts of these: day, short-day, list-day, time.
    """
    return format_html('<bdi><time datetime="{}">{}</time></bdi>', local(value).isoformat(), WHEN_STYLES[style](value))


def local(value: date) -> date:
    """An instant on the reader's clock; a plain day as it is."""
    return timezone.localtime(value) if isinstance(value, datetime) else value


@register.filter
def zone_name(zone: Any) -> str:
    """A zone in words: "Lisbon time" for "Europe/Lisbon"; UTC is its own name."""
    if str(zone) == "UTC":
        return "UTC"
    city = str(zone).rpartition("/")[2].replace("_", " ")
    return _("%(city)s time") % {"city": city}


def part_of_day(at: datetime) -> str:
    """Morning, early or late afternoon, or evening on the reader's clock."""
    return str(PartOfDay.at(timezone.localtime(at).hour).label)


@register.filter
def by_part_of_day(things: Iterable[Any], start: str = "starts_at") -> list[tuple[str, list[Any]]]:
    """Things in order of time as ``[("Morning", [...]), ...]``; `start` names their instant, as "period.lower"."""
    instant = attrgetter(start)
    return [(part, list(group)) for part, group in groupby(things, key=lambda thing: part_of_day(instant(thing)))]


@register.filter
def browser_name(user_agent: str) -> str:
    """A browser in words, "Firefox on Windows", from what it says of itself; rough, for people to recognise theirs."""
    browser = next((name for mark, name in BROWSERS if mark in user_agent), _("A program"))
    system = next((name for mark, name in SYSTEMS if mark in user_agent), _("an unknown system"))
    return _("%(browser)s on %(system)s") % {"browser": browser, "system": system}


@register.simple_tag(takes_context=True)
def error_prefix(context: template.Context) -> str:
    """The words "Error: " for the title of a page whose form or formset was refused, else nothing."""
    refused = any(has_errors(context.get(name)) for name in FORM_NAMES)
    return _("Error: ") if refused else ""


def has_errors(form: Any) -> bool:
    """Whether `form`, a form or formset or None, was sent and refused."""
    return form is not None and form.is_bound and not form.is_valid()
