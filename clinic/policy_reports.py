"""What browsers report when a page tries what our Content-Security-Policy forbids: logged, without personal data."""

import json
import logging
import re
from collections.abc import Iterator
from typing import Any
from urllib.parse import urlsplit

from django.http import HttpRequest, HttpResponse
from django.urls import Resolver404, resolve
from django.utils.decorators import method_decorator
from django.views import View
from django.views.decorators.csrf import csrf_exempt

from clinic.limits import ReportThrottle, limited_by

logger = logging.getLogger(__name__)
MOST_BYTES = 16_384
MOST_REPORTS = 10
DIRECTIVE = re.compile(r"[a-z-]{1,40}")
KEYWORD = re.compile(r"[a-z-]{1,20}")


@method_decorator([csrf_exempt, limited_by(ReportThrottle)], name="dispatch")
class PolicyReportView(View):
    """204, whatever was sent: who sends nonsense need not know that it is that."""

    http_method_names = ["post"]

    def post(self, request: HttpRequest) -> HttpResponse:
        for body in list(reports_in(request.body))[:MOST_REPORTS]:
            logger.warning("policy: %s stopped on %s, from %s", *line_of(body))
        return HttpResponse(status=204)


def reports_in(sent: bytes) -> Iterator[dict[str, Any]]:
    """The bodies of reports in either format: `report-uri`'s, and the Reporting API's list."""
    try:
        content = json.loads(sent) if len(sent) <= MOST_BYTES else None
    except (ValueError, RecursionError):
        return
    for report in content if isinstance(content, list) else [content]:
        body = (report.get("csp-report") or report.get("body")) if isinstance(report, dict) else None
        if isinstance(body, dict):
            yield body


def line_of(body: dict[str, Any]) -> tuple[str, str, str]:
    """Directive, route of the page, and origin of what was stopped; nothing that the page's reader has put in."""
    directive = str(body.get("effectiveDirective") or body.get("effective-directive") or "")
    page = str(body.get("documentURL") or body.get("document-uri") or "")
    blocked = str(body.get("blockedURL") or body.get("blocked-uri") or "")
    return directive if DIRECTIVE.fullmatch(directive) else "?", route_of(page), origin_of(blocked)


def route_of(address: str) -> str:
    try:
        return f"/{resolve(urlsplit(address).path).route}"
    except (Resolver404, ValueError):
        return "no page of ours"


def origin_of(address: str) -> str:
    """Scheme and host; or the word that stands for no address, as "inline"."""
    try:
        parts = urlsplit(address)
        host = parts.hostname or ""
    except ValueError:
        return "?"
    if host.isascii() and re.fullmatch(r"[a-z0-9.-]{1,100}", host):
        return f"{parts.scheme}://{host}"
    word = parts.scheme or address
    return word if KEYWORD.fullmatch(word) else "?"
