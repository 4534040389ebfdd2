"""The doors of /fhir/R4: read, search, documents' bytes, and what there is."""

from base64 import b64encode
from functools import cached_property
from hashlib import sha256
from typing import Any

from django.http import Http404, HttpResponse
from django.urls import reverse
from django.utils import timezone
from django.utils.cache import get_conditional_response
from django.utils.decorators import method_decorator
from django.utils.http import content_disposition_header
from django.views.decorators.cache import cache_control
from rest_framework.parsers import FormParser
from rest_framework.permissions import AllowAny
from rest_framework.renderers import JSONRenderer
from rest_framework.request import Request
from rest_framework.views import APIView

from clinic.audit.models import AuditEntry
from clinic.people.models import Chart, User
from clinic.people.models.tokens import Area

from .auditing import Found, note_read, note_search
from .capability import capability_statement
from .datatypes import Json
from .negotiation import JsonOnly, asked_for
from .outcomes import answer, refuse
from .query import read_search
from .reader import Reader
from .resources import resource_of
from .searching import bundle, included, matches, sought_by, total

DOCUMENTS = "DocumentReference"


class FhirView(APIView):
    """A door of FHIR: the same sign-ins as the API's, other manners."""

    area = Area.FHIR
    renderer_classes = [JSONRenderer]
    parser_classes = [FormParser]
    content_negotiation_class = JsonOnly
    metadata_class = None
    schema = None  # the API's own document is about the API

    def get_exception_handler(self) -> Any:
        return refuse

    @property
    def base(self) -> str:
        """The address of this server as whoever asks has written it, without a slash at its end."""
        return self.request.build_absolute_uri(reverse("fhir:metadata")).removesuffix("/metadata")

    @cached_property
    def reader(self) -> Reader:
        assert isinstance(self.request.user, User)  # signed in, or the permission has refused
        return Reader(self.request.user, timezone.now(), self.base)

    def find(self, resource_type: str, name: str) -> Found:
        found = resource_of(resource_type).get(name, self.reader)
        if found is None:
            raise Http404
        return found

    def told(self, resource: Json) -> HttpResponse:
        """The resource with its tag; 304 and no body for who has it already."""
        response = answer(resource)
        response["ETag"] = f'W/"{sha256(response.content).hexdigest()[:20]}"'
        response["Cache-Control"] = "private, no-cache"
        return get_conditional_response(self.request, etag=response["ETag"], response=response) or response


class MetadataView(FhirView):
    """What this server can do; open to everybody."""

    authentication_classes: list[type] = []
    permission_classes = [AllowAny]

    def get(self, request: Request) -> HttpResponse:
        return self.told(capability_statement(self.base))


class ReadView(FhirView):
    def get(self, request: Request, type: str, name: str) -> HttpResponse:
        source, row = found = self.find(type, name)
        note_read(found, self.reader, request)
        return self.told(source.build(row, self.reader))


class SearchView(FhirView):
    def get(self, request: Request, type: str) -> HttpResponse:
        return self.search(type, [(name, value) for name, values in request.GET.lists() for value in values])

    def search(self, resource_type: str, pairs: list[tuple[str, str]]) -> HttpResponse:
        search = read_search(resource_of(resource_type), pairs)
        sought = sought_by(search, self.reader)
        found = matches(search, sought)
        page = found[: search.count]
        along = list(included(search, page, self.reader))
        note_search([*page, *(other for _resource, other in along)], self.reader, self.request)
        count = total(search, sought, found) if search.wants_total else None
        return answer(bundle(search, found, self.reader, along=along, total=count))


class PostSearchView(SearchView):
    """The same with the parameters in a form, for addresses that would say too much."""

    http_method_names = ["post"]

    def post(self, request: Request, type: str) -> HttpResponse:
        pairs = [*request.GET.lists(), *request.data.lists()] if request.data else [*request.GET.lists()]
        return self.search(type, [(name, value) for name, values in pairs for value in values])


@method_decorator(cache_control(private=True, no_store=True), name="dispatch")
class BinaryView(FhirView):
    """The bytes of a document: as JSON for who asks for FHIR, else as they are."""

    def perform_content_negotiation(self, request: Request, force: bool = False) -> Any:  # noqa: FBT001, FBT002
        return JSONRenderer(), JSONRenderer.media_type

    def get(self, request: Request, name: str) -> HttpResponse:
        _source, row = found = self.find(DOCUMENTS, name)
        content, content_type = content_of(row)
        note_read(found, self.reader, request, action=AuditEntry.Action.DOWNLOADED)
        if "json" not in asked_for(request):
            return as_download(content, content_type, row.file_name)
        context = {"reference": f"{DOCUMENTS}/{name}"}
        facts = {"contentType": content_type, "securityContext": context, "data": b64encode(content).decode()}
        return answer({"resourceType": "Binary", "id": name, **facts})


class UnknownView(FhirView):
    """Any other address under /fhir: nothing, for anybody."""

    authentication_classes: list[type] = []

    def initial(self, request: Request, *args: Any, **kwargs: Any) -> None:
        raise Http404


def content_of(row: Any) -> tuple[bytes, str]:
    """The bytes of a chart or of a prescription's PDF, and their type."""
    return (row.read(), row.content_type) if isinstance(row, Chart) else (bytes(row.pdf), "application/pdf")


def as_download(content: bytes, content_type: str, name: str) -> HttpResponse:
    response = HttpResponse(content, content_type=content_type)
    response.headers["Content-Disposition"] = content_disposition_header(as_attachment=True, filename=name) or ""
    return response
