"""Visits for programs: find, make, begin, end, and how to join."""

from typing import Any

from django.core.exceptions import PermissionDenied
from django.db import transaction
from django.shortcuts import get_object_or_404
from django.utils import timezone
from django_filters import rest_framework as filters
from drf_spectacular.utils import extend_schema
from rest_framework import mixins, status
from rest_framework.decorators import action
from rest_framework.response import Response

from appointments.models import Appointment
from clinic.api import IDEMPOTENCY_KEY, key_of
from clinic.idempotency import once
from clinic.people.models import Doctor, Patient
from clinic.people.permissions import practising_doctor, works_at_desk
from televisit.instant import open_now
from televisit.models import Visit, VisitEvent
from televisit.permissions import can_cancel
from televisit.rooms import way_in

from .invitations import InvitationCalls
from .notes import NoteCalls
from .people import PeopleCalls
from .running import RunningCalls
from .serializers import DoorSerializer, JoinSerializer, MinutesSerializer, ScheduleSerializer, VisitSerializer


class VisitFilter(filters.FilterSet):
    clinic = filters.CharFilter(field_name="clinic__slug")
    status = filters.ChoiceFilter(choices=Visit.Status.choices)
    to = filters.IsoDateTimeFilter(field_name="appointment__starts_at", lookup_expr="lt")


VisitFilter.base_filters["from"] = filters.IsoDateTimeFilter(  # a word that Python keeps for itself
    field_name="appointment__starts_at", lookup_expr="gte"
)


class VisitViewSet(
    mixins.ListModelMixin, mixins.RetrieveModelMixin, RunningCalls, PeopleCalls, NoteCalls, InvitationCalls
):
    filterset_class = VisitFilter

    def list(self, request: Any, *args: Any, **kwargs: Any) -> Response:
        """Those that the caller may know of: as doctor, as patient or for the patient; of their clinics for staff."""
        return super().list(request, *args, **kwargs)

    def retrieve(self, request: Any, *args: Any, **kwargs: Any) -> Response:
        """One visit, with the caller's own token to join."""
        return super().retrieve(request, *args, **kwargs)

    @extend_schema(
        request=ScheduleSerializer,
        responses={200: VisitSerializer, 201: VisitSerializer},
        parameters=[IDEMPOTENCY_KEY],
    )
    def create(self, request: Any) -> Response:
        """201 with the visit of a confirmed appointment, 200 if it had one already; or with one that begins now."""
        body = ScheduleSerializer(data=request.data)
        body.is_valid(raise_exception=True)
        if body.validated_data["instant"]:
            return self.answer(self.open_now(body.validated_data.get("patient")), status.HTTP_201_CREATED)
        visible = Appointment.objects.visible_to(request.user).with_parties()
        appointment = get_object_or_404(visible, reference=body.validated_data["appointment"])
        if not (works_at_desk(request.user, appointment.clinic_id) or appointment.doctor.user_id == request.user.pk):
            raise PermissionDenied
        had_one = Visit.objects.filter(appointment=appointment).exists()
        visit = Visit.objects.schedule(appointment, by=request.user, at=timezone.now())
        return self.answer(visit, status.HTTP_200_OK if had_one else status.HTTP_201_CREATED)

    @transaction.atomic
    def open_now(self, patient_uid: str | None) -> Visit:
        """An instant visit of the calling doctor; with a patient whom they have met in an appointment."""
        doctor = practising_doctor(self.request.user)
        if doctor is None:
            raise PermissionDenied
        known = Patient.objects.filter(appointments__doctor=doctor).distinct()
        patient = get_object_or_404(known, uid=patient_uid) if patient_uid else None
        facts: Any = {"user": doctor.user, "key": key_of(self.request), "body": ["instant", patient_uid]}
        made = once(lambda: self.make(doctor, patient).uid, **facts)
        return self.get_queryset().get(uid=made)

    def make(self, doctor: Doctor, patient: Patient | None) -> Visit:
        visit = open_now(doctor, at=timezone.now())
        if patient is not None:
            visit.name_patient(patient)
        return visit

    @extend_schema(responses={200: VisitSerializer})
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

    @extend_schema(request=None)
    @action(detail=True, methods=["post"])
    def reopen(self, request: Any, session_id: str) -> Response:
        """The doctor opens an ended visit again, until it expires."""
        visit = self.get_own()
        visit.reopen(by=request.user, at=timezone.now())
        return self.answer(visit)

    @extend_schema(request=MinutesSerializer)
    @action(detail=True, methods=["post"])
    def extend(self, request: Any, session_id: str) -> Response:
        """The doctor, who is in, adds minutes, up to the clinic's limit."""
        visit = self.get_own()
        body = MinutesSerializer(data=request.data)
        body.is_valid(raise_exception=True)
        visit.extend(body.validated_data["minutes"], by=request.user, at=timezone.now())
        return self.answer(visit)

    @extend_schema(request=DoorSerializer, responses=JoinSerializer)
    @action(detail=True, methods=["post"])
    def token(self, request: Any, session_id: str) -> Response:
        """How the caller joins; takes the seat, as the door does. 409 outside the visit's hours, or without consent."""
        body = DoorSerializer(data=request.data)
        body.is_valid(raise_exception=True)
        visit, at = self.get_object(), timezone.now()
        if visit.role_of(request.user, at) is None:
            raise PermissionDenied
        with transaction.atomic():
            seat = visit.take_seat(request.user, at=at)
            seat.visit = visit
            seat.say_at_door(at=at, **body.said())
            visit.record(VisitEvent.Kind.TOKEN_ISSUED, participant=seat, by=request.user, at=at)
        return Response(JoinSerializer(way_in(seat, at=at)).data)
