"""What an address asks for."""

from datetime import date

from django.http import HttpRequest
from django.utils.dateparse import parse_date


def asked_day(request: HttpRequest) -> date | None:
    """The day in ``?day=2026-11-20``; None where there is none, or no such day."""
    try:
        return parse_date(request.GET.get("day", ""))
    except ValueError:
        return None
