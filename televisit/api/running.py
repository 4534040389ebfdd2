"""A visit while it is held: the line of who waits, the phone, who came, and what came of it."""

from typing import Any

from django.core.exceptions import PermissionDenied
from django.utils import timezone
from drf_spectacular.utils import extend_schema
from rest_framework import status
from rest_framework.decorators import action
from rest_framework.response import Response

from clinic.api_edits import IF_MATCH, seen_by, with_version
from clinic.people.models.tokens import Area
from clinic.people.permissions import practising_doctor
from televisit.errors import AdviceChangedElsewhere
from televisit.finishing import finish, finished
from televisit.instant import known_or_new
from televisit.models import DeviceCheck, Participant, VisitEvent
from televisit.views.room import line_of

from .base import VisitCalls
from .serializers import MinutesSerializer, VisitSerializer
from .serializers_running import (
    DeviceCheckSerializer,
    LineSerializer,
    OutcomeSerializer,
    WaitingSerializer,
    WhoCameSerializer,
)


class RunningCalls(VisitCalls):
    @extend_schema(responses=WaitingSerializer(many=True), filters=False)
    @action(detail=False, pagination_class=None, filterset_class=None)
    def waiting(self, request: Any) -> Response:
        """Everybody who waits for the calling doctor, in whichever visit; who came first leads."""
        doctor = practising_doctor(request.user)
        if doctor is None:
            raise PermissionDenied
        waiting = Participant.objects.waiting_for(doctor, timezone.now())
        return Response(WaitingSerializer(waiting, many=True).data)

    @extend_schema(responses=LineSerializer, filters=False)
    @action(detail=True, pagination_class=None)
    def line(self, request: Any, session_id: str) -> Response:
        """Where things stand, for who waits: whether the doctor is there, and how many are before."""
        return Response(LineSerializer(line_of(self.get_object(), timezone.now())).data)

    @extend_schema(request=None, responses={204: None})
    @action(detail=True, methods=["post"], url_path="call-me")
    def call_me(self, request: Any, session_id: str) -> Response:
        """Who waits leaves, and is told when it is their turn; the place in line stays theirs. 403 for who does not."""
        seat = self.get_object().seat_of(request.user)
        if seat is None or seat.is_admitted or not seat.can_be_called:
            raise PermissionDenied
        seat.ask_for_call(at=timezone.now())
        return Response(status=status.HTTP_204_NO_CONTENT)

    @extend_schema(request=None, responses={204: None})
    @action(detail=True, methods=["post"])
    def soon(self, request: Any, session_id: str) -> Response:
        """Tell who waits that the doctor will be with them soon."""
        self.get_own().record(VisitEvent.Kind.SOON, by=request.user, at=timezone.now())
        return Response(status=status.HTTP_204_NO_CONTENT)

    @extend_schema(request=None, responses=VisitSerializer)
    @action(detail=True, methods=["post"], url_path="by-phone")
    def by_phone(self, request: Any, session_id: str) -> Response:
        """The doctor goes on by phone."""
        visit = self.get_own()
        visit.go_on_by_phone(by=request.user, at=timezone.now())
        return self.answer(visit)

    @extend_schema(request=MinutesSerializer, responses=VisitSerializer)
    @action(detail=True, methods=["post"], url_path="by-phone/minutes")
    def phone_minutes(self, request: Any, session_id: str) -> Response:
        """How long the call took; also once the visit is over."""
        visit = self.get_own()
        body = MinutesSerializer(data=request.data)
        body.is_valid(raise_exception=True)
        visit.enter_phone_minutes(body.validated_data["minutes"])
        return self.answer(visit)

    @extend_schema(request=WhoCameSerializer, responses=VisitSerializer)
    @action(detail=True, methods=["post"])
    def patient(self, request: Any, session_id: str) -> Response:
        """The doctor says who came to an instant visit: somebody the clinic knows, or a new patient."""
        visit = self.get_own()
        body = WhoCameSerializer(data=request.data)
        body.is_valid(raise_exception=True)
        visit.name_patient(known_or_new(**body.validated_data))
        return self.answer(self.get_object())

    @extend_schema(request=DeviceCheckSerializer, responses={201: DeviceCheckSerializer})
    @action(detail=True, methods=["post"], url_path="device-checks")
    def device_checks(self, request: Any, session_id: str) -> Response:
        """Keep what the caller found out about camera, microphone, speaker and network."""
        visit, at = self.get_object(), timezone.now()
        if visit.role_of(request.user, at) is None:
            raise PermissionDenied
        body = DeviceCheckSerializer(data=request.data)
        body.is_valid(raise_exception=True)
        facts: Any = {"by": request.user, "seat": visit.seat_of(request.user), "at": at}
        check = DeviceCheck.objects.keep(visit, **facts, **body.validated_data)
        return Response(DeviceCheckSerializer(check).data, status=status.HTTP_201_CREATED)

    @extend_schema(responses=OutcomeSerializer, filters=False)
    @action(detail=True, pagination_class=None, area=Area.RECORD)
    def outcome(self, request: Any, session_id: str) -> Response:
        """What came of the visit, and what the patient reads about it; for its doctor."""
        return self.tell_outcome(self.get_own())

    @extend_schema(request=OutcomeSerializer, responses=OutcomeSerializer, parameters=[IF_MATCH])
    @outcome.mapping.put
    def write_outcome(self, request: Any, session_id: str) -> Response:
        """The doctor says it; it may be mended later, by who has read the last `version`."""
        visit = self.get_own()
        body = OutcomeSerializer(data=with_version(request))
        body.is_valid(raise_exception=True)
        with seen_by(request, AdviceChangedElsewhere):
            finish(visit, by=request.user, request=request, **body.validated_data)
        return self.tell_outcome(visit)

    def tell_outcome(self, visit: Any) -> Response:
        told = OutcomeSerializer(finished(visit)).data
        return Response(told, headers={"ETag": f'"{told["version"]}"'})
