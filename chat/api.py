"""The chat of an appointment, for programs and for the panel's script."""

from typing import Any

from django.core.exceptions import PermissionDenied
from django.http import Http404
from django.utils import timezone
from django.utils.functional import cached_property
from django.utils.translation import gettext_lazy as _
from drf_spectacular.utils import OpenApiParameter, extend_schema
from rest_framework import serializers
from rest_framework.authentication import SessionAuthentication
from rest_framework.parsers import MultiPartParser
from rest_framework.permissions import IsAuthenticated
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.viewsets import GenericViewSet

from appointments.models import Appointment
from appointments.permissions import is_its_doctor
from clinic.api import CursorPages, JsonBody
from clinic.codes import uid
from clinic.people.models.tokens import Area
from clinic.people.uploads import ChartField
from televisit.visitors import SEATS, Visitor

from .access import put_on_record
from .forms import EMPTY, file_facts, not_too_long
from .models import Closing, Message, MessageQuerySet, ReadMark, reason_closed
from .models.answers import usual_answer
from .parts import Part, find_part

AFTER = OpenApiParameter("after", int, description="Only messages after the one with this number.")
KEY = OpenApiParameter(
    "Idempotency-Key", str, OpenApiParameter.HEADER, description="Stands for `client_id` where the body has none."
)


class MessageSerializer(serializers.ModelSerializer):
    """`seq` counts the messages of the chat. `client_id` is the sender's name for it: sent twice, posted once."""

    author = serializers.CharField(source="author_name", read_only=True)
    is_mine = serializers.SerializerMethodField()
    body = serializers.CharField(validators=[not_too_long], required=False, allow_blank=True)
    file = serializers.FileField(write_only=True, required=False)
    file_id: Any = serializers.SlugRelatedField(source="chart", slug_field="uid", read_only=True)
    client_id = serializers.CharField(max_length=64, required=False, write_only=True)

    class Meta:
        model = Message
        fields = ("seq", "author", "is_mine", "body", "file", "file_id", "created_at", "client_id")
        read_only_fields = ("seq", "created_at")

    def get_is_mine(self, message: Message) -> bool:
        return self.context["view"].part.wrote(message)

    def validate_file(self, upload: Any) -> Any:
        if self.context["view"].part.is_guest:
            raise serializers.ValidationError(_("Guests of a visit cannot add files."))
        return ChartField().clean(upload)

    def validate(self, facts: dict[str, Any]) -> dict[str, Any]:
        if not facts.get("body", "").strip() and "file" not in facts:
            raise serializers.ValidationError({"body": [EMPTY]})
        return facts

    def facts(self) -> dict[str, Any]:
        """What Message.objects.post takes of it."""
        return {**self.validated_data, "file": file_facts(self.validated_data.get("file"))}


class ReadSerializer(serializers.Serializer):
    """Up to which number the caller has read; in the answer, how the mark stands."""

    seq = serializers.IntegerField(min_value=0)


class AfterSerializer(serializers.Serializer):
    after = serializers.IntegerField(min_value=0, default=0)


class StateSerializer(serializers.Serializer):
    """How the chat stands. `closed` is why nobody can write now, null while they can.

    `read_to` is how far the other side has read; `usual_answer_minutes` how soon the doctor usually answers.
    """

    closed = serializers.CharField(allow_null=True)
    read_to = serializers.IntegerField()
    usual_answer_minutes = serializers.IntegerField(allow_null=True)


class HasAccountOrSeat(IsAuthenticated):
    """Signed in, or a browser with a guest's seat; whose forged requests are refused as those of accounts are."""

    def has_permission(self, request: Request, view: Any) -> bool:
        if super().has_permission(request, view):
            return True
        if not request.session.get(SEATS):
            return False
        SessionAuthentication().enforce_csrf(request)
        return True


class MessagePages(CursorPages):
    ordering = "seq"


class MessageViewSet(GenericViewSet):
    """For who takes part in the chat; for everybody else, staff too, it does not exist.

    A guest of the visit reads and writes from their admission on, in the browser that has their seat.
    """

    request: Any
    area = Area.RECORD
    queryset = Message.objects.none()  # get_queryset() says which
    permission_classes = [HasAccountOrSeat]
    serializer_class = MessageSerializer
    pagination_class = MessagePages
    parser_classes = [JsonBody, MultiPartParser]
    lookup_field = "reference"

    @cached_property
    def part(self) -> Part:
        visitor = Visitor.of(self.request.user, self.request.session)
        part = find_part(visitor, self.kwargs["reference"], timezone.now())
        if part is None:
            raise Http404
        return part

    @property
    def appointment(self) -> Appointment:
        return self.part.appointment

    def get_queryset(self) -> MessageQuerySet:
        return self.part.messages

    @extend_schema(parameters=[AFTER])
    def list(self, request: Request, reference: str) -> Response:
        """The messages, oldest first."""
        asked = AfterSerializer(data=request.query_params)
        asked.is_valid(raise_exception=True)
        page = self.paginate_queryset(self.get_queryset().after(asked.validated_data["after"]))
        return self.get_paginated_response(self.get_serializer(page, many=True).data)

    @extend_schema(parameters=[KEY], responses={201: MessageSerializer})
    def create(self, request: Request, reference: str) -> Response:
        """Post a message. Repeated under the same `client_id`, it answers with the one that was posted."""
        appointment = self.appointment
        body: Any = self.get_serializer(data=request.data)
        body.is_valid(raise_exception=True)
        facts = {"client_id": request.headers.get("Idempotency-Key", "")[:64] or uid(), **body.facts()}
        message = Message.objects.post(appointment, **self.part.author, at=timezone.now(), **facts)
        put_on_record(message, request)
        return Response(self.get_serializer(message).data, status=201)

    @extend_schema(request=ReadSerializer, responses=ReadSerializer)
    def read(self, request: Request, reference: str) -> Response:
        """Mark everything up to `seq` as read. 403 for guests, of whom no mark is kept."""
        if self.part.user is None:
            raise PermissionDenied
        body = ReadSerializer(data=request.data)
        body.is_valid(raise_exception=True)
        seq = ReadMark.objects.advance(self.appointment, user=self.part.user, to=body.validated_data["seq"])
        return Response({"seq": seq})

    @extend_schema(responses=StateSerializer)
    def state(self, request: Request, reference: str) -> Response:
        """Whether one can write now, how far the other side has read, how soon answers come. 403 for guests."""
        if self.part.user is None:
            raise PermissionDenied
        closed = reason_closed(self.appointment, timezone.now())
        usual = usual_answer(self.appointment.doctor) if self.appointment.doctor else None
        read_to = ReadMark.objects.other_side(self.appointment, self.part.user)
        minutes = int(usual.total_seconds() // 60) if usual else None
        return Response({"closed": closed and closed.code, "read_to": read_to, "usual_answer_minutes": minutes})

    @extend_schema(request=None, responses={204: None})
    def close(self, request: Any, reference: str) -> Response:
        """The doctor closes the chat: nobody writes from now on, reading goes on."""
        Closing.objects.close(self.as_doctor(), by=request.user, at=timezone.now())
        return Response(status=204)

    @extend_schema(request=None, responses={204: None})
    def reopen(self, request: Request, reference: str) -> Response:
        """The doctor lets both write again, as long as the chat would be open anyway."""
        Closing.objects.reopen(self.as_doctor())
        return Response(status=204)

    def as_doctor(self) -> Appointment:
        if not is_its_doctor(self.request.user, self.appointment):
            raise PermissionDenied
        return self.appointment
