"""Which form of an answer somebody asks for. There is one: JSON."""

from typing import Any

from django.utils.translation import gettext_lazy as _
from rest_framework.exceptions import NotAcceptable
from rest_framework.negotiation import BaseContentNegotiation

GOOD = {"application/fhir+json", "application/json", "text/json", "json", "application/*", "*/*"}
VERSIONS = {"4.0", "4.0.1"}


class JsonOnly(BaseContentNegotiation):
    """By ``_format``, else by Accept; XML and other versions of FHIR are a 406."""

    def select_parser(self, request: Any, parsers: Any) -> Any:
        kind = request.content_type.partition(";")[0].strip().lower()
        return next((parser for parser in parsers if parser.media_type == kind), None)

    def select_renderer(self, request: Any, renderers: Any, format_suffix: Any = None) -> Any:
        wanted = asked_for(request)
        if not any(is_good(form) for form in wanted.split(",")):
            raise NotAcceptable(_("This server speaks FHIR R4 as JSON: application/fhir+json."))
        return renderers[0], renderers[0].media_type


def asked_for(request: Any) -> str:
    """The form in which somebody wants the answer. An unescaped plus sign comes as a blank."""
    return request.GET.get("_format", "").replace("fhir json", "fhir+json") or request.headers.get("Accept") or "*/*"


def is_good(form: str) -> bool:
    name, *facts = (part.strip() for part in form.lower().split(";"))
    said = dict(fact.partition("=")[::2] for fact in facts)
    return name in GOOD and said.get("fhirversion", "4.0").strip('"') in VERSIONS and said.get("q") not in {"0", "0.0"}
