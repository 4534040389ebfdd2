"""Who is in a visit, what happened in it and what counts for billing."""

from typing import Any

from django.utils import timezone
from drf_spectacular.utils import extend_schema
from rest_framework.decorators import action
from rest_framework.response import Response

from clinic.people.models.tokens import Area
from televisit.billing import billing_of

from .base import VisitCalls
from .serializers import BillingSerializer, IdentitySerializer, ParticipantSerializer, VisitEventSerializer


class PeopleCalls(VisitCalls):
    @extend_schema(responses=ParticipantSerializer(many=True), filters=False)
    @action(detail=True, pagination_class=None)
    def participants(self, request: Any, session_id: str) -> Response:
        """Who has a seat, with when they came and left."""
        people = self.get_object().participants.prefetch_related("attendances")
        return Response(ParticipantSerializer(people, many=True).data)

    @extend_schema(responses=VisitEventSerializer(many=True), filters=False)
    @action(detail=True, pagination_class=None)
    def events(self, request: Any, session_id: str) -> Response:
        """Step by step, for the doctor and staff."""
        events = self.get_with_history().events.select_related("participant", "invitation", "actor")
        return Response(VisitEventSerializer(events, many=True).data)

    @extend_schema(request=None, responses=ParticipantSerializer)
    @action(detail=True, methods=["post"], url_path="participants/(?P<uid>[^/.]+)/admit")
    def admit(self, request: Any, session_id: str, uid: str) -> Response:
        """Let in who waits."""
        seat = self.get_seat(uid)
        seat.admit(by=request.user, at=timezone.now())
        return Response(ParticipantSerializer(seat).data)

    @extend_schema(request=None, responses=ParticipantSerializer)
    @action(detail=True, methods=["post"], url_path="participants/(?P<uid>[^/.]+)/remove")
    def remove(self, request: Any, session_id: str, uid: str) -> Response:
        """Put the person out, for the rest of the visit."""
        seat = self.get_seat(uid)
        seat.remove(by=request.user, at=timezone.now())
        return Response(ParticipantSerializer(seat).data)

    @extend_schema(request=None, responses=ParticipantSerializer)
    @action(detail=True, methods=["post"], url_path="participants/(?P<uid>[^/.]+)/call")
    def call(self, request: Any, session_id: str, uid: str) -> Response:
        """Tell who left the waiting room that it is their turn."""
        seat = self.get_seat(uid)
        seat.call(by=request.user, at=timezone.now())
        return Response(ParticipantSerializer(seat).data)

    @extend_schema(request=IdentitySerializer, responses=ParticipantSerializer)
    @action(detail=True, methods=["post"], url_path="participants/(?P<uid>[^/.]+)/identity", area=Area.RECORD)
    def identity(self, request: Any, session_id: str, uid: str) -> Response:
        """The doctor has made sure who it is and where, or goes on without for a reason."""
        seat = self.get_seat(uid)
        body = IdentitySerializer(data=request.data)
        body.is_valid(raise_exception=True)
        seat.settle_identity(by=request.user, at=timezone.now(), **body.validated_data)
        return Response(ParticipantSerializer(seat).data)

    @extend_schema(responses=BillingSerializer, filters=False)
    @action(detail=True, pagination_class=None)
    def billing(self, request: Any, session_id: str) -> Response:
        """For how long doctor and patient were both there, and the minutes by phone; for the doctor and staff."""
        return Response(BillingSerializer(billing_of(self.get_with_history(), timezone.now())).data)
