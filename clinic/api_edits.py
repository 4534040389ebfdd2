"""Edits through the API never overrun each other: what is read carries an ETag, a change has to name it in If-Match."""

from collections.abc import Iterator
from contextlib import contextmanager
from hashlib import sha256
from typing import Any

from django.db import models, transaction
from django.utils.translation import gettext_lazy as _
from drf_spectacular.utils import OpenApiParameter
from rest_framework import status
from rest_framework.exceptions import APIException
from rest_framework.renderers import JSONRenderer
from rest_framework.request import Request
from rest_framework.response import Response

from clinic.errors import RuleViolation

IF_MATCH = OpenApiParameter(
    "If-Match",
    str,
    OpenApiParameter.HEADER,
    description="The `ETag` of what was read. Without it a change is 428; if somebody has changed it since, 412.",
)

NO_VERSION = 2**31 - 1


class ChangedMeanwhile(APIException):
    status_code = status.HTTP_412_PRECONDITION_FAILED
    default_code = "changed_meanwhile"
    default_detail = _("Somebody has changed this since you read it. Read it again.")


class IfMatchMissing(APIException):
    status_code = status.HTTP_428_PRECONDITION_REQUIRED
    default_code = "if_match_missing"
    default_detail = _("Name in If-Match the ETag of what you have read.")


def tag_of(shown: Any) -> str:
    """The ETag of something as it is shown."""
    text = JSONRenderer().render(shown)
    return f'"{sha256(text).hexdigest()[:32]}"'


def tags_in(header: str) -> set[str]:
    """The tags that an If-Match names, weak ones as strong: our own are never weak."""
    return {tag.strip().removeprefix("W/") for tag in header.split(",")}


def refuse_unless_seen(request: Request, tag: str) -> None:
    """Raise unless the request names `tag`, or "*" for whatever it is."""
    header = request.headers.get("If-Match", "")
    if not header:
        raise IfMatchMissing
    if not {tag, "*"} & tags_in(header):
        raise ChangedMeanwhile


def version_in(request: Request) -> int | None:
    """The version that If-Match names, where versions are the tags: a wrong one for what is none, None without it."""
    header = request.headers.get("If-Match", "").removeprefix("W/").strip('"')
    if not header:
        return None
    return int(header) if header.isascii() and header.isdigit() and len(header) < 10 else NO_VERSION


class TaggedEdits:
    """A generic view of one thing: answers carry its ETag, and a change needs the one that was read."""

    get_object: Any
    get_serializer: Any
    request: Any

    def hold(self, row: models.Model) -> None:
        """Keep others from changing it until the transaction ends."""
        type(row)._meta.base_manager.select_for_update().get(pk=row.pk)

    def finalize_response(self, request: Request, response: Response, *args: Any, **kwargs: Any) -> Response:
        response = super().finalize_response(request, response, *args, **kwargs)  # type: ignore[misc]
        is_one = isinstance(response.data, dict) and "results" not in response.data
        if is_one and response.status_code in {status.HTTP_200_OK, status.HTTP_201_CREATED}:
            response["ETag"] = tag_of(response.data)
        return response

    @transaction.atomic
    def update(self, request: Request, *args: Any, **kwargs: Any) -> Response:
        self.hold(self.get_object())
        refuse_unless_seen(request, tag_of(self.get_serializer(self.get_object()).data))
        return super().update(request, *args, **kwargs)  # type: ignore[misc]


@contextmanager
def seen_by(request: Request, changed: type[RuleViolation]) -> Iterator[None]:
    """Around a write that raises `changed` for another version than the last one.

    It is a 412 for who named a version in If-Match, 428 for who named none at all; in the body, it stays as it is.
    """
    try:
        yield
    except changed as refusal:
        if request.headers.get("If-Match"):
            raise ChangedMeanwhile from refusal
        if "version" not in request.data:
            raise IfMatchMissing from refusal
        raise


def with_version(request: Request) -> Any:
    """The body that was sent; the version in If-Match counts more than one in it."""
    data, version = request.data, version_in(request)
    return {**data, "version": version} if version is not None and isinstance(data, dict) else data
