"""Visits for programs: find, come, admit, end."""

from typing import Any

from django.core.exceptions import PermissionDenied
from django.http import Http404
from django.shortcuts import get_object_or_404
from django.utils import timezone
from django_filters import rest_framework as filters
from drf_spectacular.utils import extend_schema
from rest_framework import mixins, serializers, status
from rest_framework.decorators import action
from rest_framework.generics import RetrieveAPIView
from rest_framework.permissions import AllowAny
from rest_framework.response import Response
from rest_framework.viewsets import GenericViewSet

from appointments.models import Appointment
from clinic.limits import CodeThrottle

from .forms import DoorForm
from .models import Attendance, Participant, Visit, VisitEvent
from .permissions import can_cancel, can_read_history, can_run
from .providers import provider_of
from .tokens import join_token


class VisitSerializer(serializers.ModelSerializer):
    """The tokens are for their owners only, null for everybody else."""

    session_id = serializers.CharField(source="uid", read_only=True)
    appointment_id = serializers.CharField(source="appointment.reference", read_only=True)
    patient_token = serializers.SerializerMethodField()
    doctor_token = serializers.SerializerMethodField()

    class Meta:
        model = Visit
        fields = (
            "session_id",
            "appointment_id",
            "code",
            "provider",
            "patient_token",
            "doctor_token",
            "status",
            "started_at",
            "ended_at",
            "opens_at",
            "expires_at",
            "created_at",
            "updated_at",
        )

    def get_doctor_token(self, visit: Visit) -> str | None:
        user = self.context["request"].user
        return join_token(visit, user, "doctor") if can_run(user, visit) else None

    def get_patient_token(self, visit: Visit) -> str | None:
        """Who sees a visit and is neither its doctor nor staff comes as its patient, or for the patient."""
        user = self.context["request"].user
        is_patient = visit.appointment.patient.user_id == user.pk
        if can_run(user, visit) or (user.is_staff and not is_patient):
            return None
        return join_token(visit, user, "patient")


class AttendanceSerializer(serializers.ModelSerializer):
    class Meta:
        model = Attendance
        fields = ("joined_at", "left_at", "trustworthy")


class ParticipantSerializer(serializers.ModelSerializer):
    attendances = AttendanceSerializer(many=True, read_only=True)

    class Meta:
        model = Participant
        fields = ("uid", "role", "name", "waiting_since", "admitted_at", "removed_at", "attendances")


class VisitEventSerializer(serializers.ModelSerializer):
    participant = serializers.CharField(source="participant.uid", default=None, read_only=True)
    actor = serializers.CharField(source="actor.full_name", default=None, read_only=True)

    class Meta:
        model = VisitEvent
        fields = ("kind", "participant", "actor", "at")


class ScheduleSerializer(serializers.Serializer):
    appointment = serializers.CharField(max_length=20)


class DoorSerializer(serializers.Serializer):
    """Where the person is and the number to call if cut off: asked of the patient's side at the first coming."""

    place = serializers.CharField(max_length=200, required=False)
    callback = serializers.CharField(
        max_length=32, required=False, validators=DoorForm.base_fields["callback"].validators
    )


class JoinSerializer(serializers.Serializer):
    """How the caller joins. For `kind` webrtc, `url` is the socket and `token` goes into its hello."""

    provider = serializers.CharField()
    kind = serializers.CharField()
    url = serializers.URLField()
    token = serializers.CharField()
    ice_servers = serializers.ListField(child=serializers.DictField())
    expires_at = serializers.DateTimeField()


class CodeSerializer(serializers.ModelSerializer):
    """What a code tells everybody: nothing of the patient."""

    clinic = serializers.CharField(source="clinic.name")
    doctor = serializers.CharField(source="host.name")

    class Meta:
        model = Visit
        fields = ("clinic", "doctor", "opens_at", "status")


class VisitFilter(filters.FilterSet):
    clinic = filters.CharFilter(field_name="clinic__slug")
    status = filters.ChoiceFilter(choices=Visit.Status.choices)
    to = filters.IsoDateTimeFilter(field_name="appointment__starts_at", lookup_expr="lt")


VisitFilter.base_filters["from"] = filters.IsoDateTimeFilter(  # a word that Python keeps for itself
    field_name="appointment__starts_at", lookup_expr="gte"
)


class VisitViewSet(mixins.ListModelMixin, mixins.RetrieveModelMixin, GenericViewSet):
    serializer_class = VisitSerializer
    filterset_class = VisitFilter
    lookup_field = "uid"
    lookup_url_kwarg = "session_id"

    def get_queryset(self) -> Any:
        return Visit.objects.visible_to(self.request.user).with_parties()

    @extend_schema(request=ScheduleSerializer)
    def create(self, request: Any) -> Response:
        """201 with the visit of a confirmed appointment; 200 if it had one already, as all do that were booked here."""
        body = ScheduleSerializer(data=request.data)
        body.is_valid(raise_exception=True)
        visible = Appointment.objects.visible_to(request.user).with_parties()
        appointment = get_object_or_404(visible, reference=body.validated_data["appointment"])
        if not (request.user.is_staff or appointment.doctor.user_id == request.user.pk):
            raise PermissionDenied
        had_one = Visit.objects.filter(appointment=appointment).exists()
        visit = Visit.objects.schedule(appointment, by=request.user, at=timezone.now())
        return self.answer(visit, status.HTTP_200_OK if had_one else status.HTTP_201_CREATED)

    def destroy(self, request: Any, session_id: str) -> Response:
        """Cancels the visit; the appointment stays. 409 once it has begun."""
        visit = self.get_object()
        if not can_cancel(request.user, visit):
            raise PermissionDenied
        visit.cancel(by=request.user, at=timezone.now())
        return self.answer(visit)

    @extend_schema(request=None)
    @action(detail=True, methods=["post"])
    def start(self, request: Any, session_id: str) -> Response:
        """The doctor begins, without waiting for the other side to join."""
        visit = self.get_own()
        visit.start(by=request.user, at=timezone.now())
        return self.answer(visit)

    @extend_schema(request=None)
    @action(detail=True, methods=["post"])
    def end(self, request: Any, session_id: str) -> Response:
        """The doctor ends the visit for everybody; the appointment is completed."""
        visit = self.get_own()
        visit.end(by=request.user, at=timezone.now())
        return self.answer(visit)

    @extend_schema(request=DoorSerializer, responses=JoinSerializer)
    @action(detail=True, methods=["post"])
    def token(self, request: Any, session_id: str) -> Response:
        """How the caller joins; takes the seat, as the door does. 409 outside the visit's hours."""
        body = DoorSerializer(data=request.data)
        body.is_valid(raise_exception=True)
        visit, at = self.get_object(), timezone.now()
        if visit.role_of(request.user, at) is None:
            raise PermissionDenied
        seat = visit.take_seat(request.user, at=at)
        if body.validated_data:
            seat.say_where(**{"place": seat.place, "callback": seat.callback, **body.validated_data})
        visit.record(VisitEvent.Kind.TOKEN_ISSUED, participant=seat, by=request.user, at=at)
        return Response(JoinSerializer(provider_of(visit).join(seat, at=at)).data)

    @extend_schema(responses=ParticipantSerializer(many=True), filters=False)
    @action(detail=True, pagination_class=None)
    def participants(self, request: Any, session_id: str) -> Response:
        people = self.get_object().participants.prefetch_related("attendances")
        return Response(ParticipantSerializer(people, many=True).data)

    @extend_schema(responses=VisitEventSerializer(many=True), filters=False)
    @action(detail=True, pagination_class=None)
    def events(self, request: Any, session_id: str) -> Response:
        """Step by step, for the doctor and staff."""
        visit = self.get_object()
        if not can_read_history(request.user, visit):
            raise PermissionDenied
        events = visit.events.select_related("participant", "actor")
        return Response(VisitEventSerializer(events, many=True).data)

    @extend_schema(request=None, responses=ParticipantSerializer)
    @action(detail=True, methods=["post"], url_path="participants/(?P<uid>[^/.]+)/admit")
    def admit(self, request: Any, session_id: str, uid: str) -> Response:
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

    def get_own(self) -> Visit:
        """The visit, for the doctor who holds it."""
        visit = self.get_object()
        if not can_run(self.request.user, visit):
            raise PermissionDenied
        return visit

    def get_seat(self, uid: str) -> Participant:
        visit = self.get_own()
        seat = get_object_or_404(visit.participants, uid=uid)
        seat.visit = visit
        return seat

    def answer(self, visit: Visit, status: int = status.HTTP_200_OK) -> Response:
        return Response(self.get_serializer(visit).data, status=status)


class CodeView(RetrieveAPIView):
    """What a visit's code opens, for everybody who has it."""

    authentication_classes: list[type] = []
    permission_classes = [AllowAny]
    throttle_classes = [CodeThrottle]
    serializer_class = CodeSerializer

    def get_object(self) -> Visit:
        visit = Visit.objects.with_parties().coded(self.kwargs["code"]).first()
        if visit is None:
            raise Http404
        return visit
