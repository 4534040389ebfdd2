"""Appointments for programs: book, list, answer, move, end."""

from collections.abc import Callable
from typing import Any

from django.core.exceptions import PermissionDenied
from django.db.models import QuerySet
from django.http import HttpResponse
from django.utils import timezone
from django.utils.functional import SimpleLazyObject
from django_filters import rest_framework as filters
from drf_spectacular.types import OpenApiTypes
from drf_spectacular.utils import OpenApiParameter, extend_schema
from rest_framework.decorators import action
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.viewsets import ReadOnlyModelViewSet

from appointments.booking import book_once
from appointments.calendar import calendar_response
from appointments.models import Appointment, Slot
from appointments.permissions import can_answer, can_answer_offer, can_cancel, can_conclude, can_move, can_take
from appointments.reading import reads_symptoms
from clinic.api import CursorPages
from clinic.people.models import Patient, User
from clinic.people.models.tokens import Area

from .serializers import (
    AppointmentSerializer,
    BookSerializer,
    EmergencySerializer,
    EndSerializer,
    EventSerializer,
    TimeSerializer,
)

IDEMPOTENCY_KEY = OpenApiParameter(
    "Idempotency-Key", str, OpenApiParameter.HEADER, description="A retry with the same key and body books once."
)


class NewestFirst(CursorPages):
    ordering = ("-created_at", "-pk")


class AppointmentFilter(filters.FilterSet):
    """`as` is the caller's side; `from` and `to` bound the start."""

    status = filters.ChoiceFilter(choices=Appointment.Status.choices)
    to = filters.IsoDateTimeFilter(field_name="starts_at", lookup_expr="lt")

    def of_side(self, found: Any, name: str, side: str) -> Any:
        user = self.request.user
        return found.filter(doctor__user=user) if side == "doctor" else found.of_patients_of(user)


AppointmentFilter.base_filters |= {  # words that Python keeps for itself
    "from": filters.IsoDateTimeFilter(field_name="starts_at", lookup_expr="gte"),
    "as": filters.ChoiceFilter(choices=[("patient", "patient"), ("doctor", "doctor")], method="of_side"),
}


class AppointmentViewSet(ReadOnlyModelViewSet):
    area = Area.VISITS
    serializer_class = AppointmentSerializer
    filterset_class = AppointmentFilter
    pagination_class = NewestFirst
    lookup_field = "reference"
    queryset = Appointment.objects.none()

    def get_queryset(self) -> QuerySet[Appointment]:
        found = Appointment.objects.visible_to(self.request.user).with_parties()
        return found.select_related("visit").prefetch_related("doctor__specialties", "offers")

    @extend_schema(request=BookSerializer, responses={201: AppointmentSerializer}, parameters=[IDEMPOTENCY_KEY])
    def create(self, request: Request) -> Response:
        """Book an open slot: 201 with the appointment, confirmed or requested; 409 if the rules refuse."""
        body = BookSerializer(data=request.data, context={"request": request})
        body.is_valid(raise_exception=True)
        key = request.headers.get("Idempotency-Key", "")
        appointment = book_once(by=self.caller, at=timezone.now(), key=key, **body.validated_data)
        context = {"request": request, "acting_for": {appointment.patient_id}}  # or the body would have been refused
        return Response(AppointmentSerializer(appointment, context=context).data, status=201)

    def retrieve(self, request: Request, *args: Any, **kwargs: Any) -> Response:
        appointment = self.get_object()
        reads_symptoms(self.caller, appointment, request=request)
        return self.answer(appointment)

    @extend_schema(responses=EventSerializer(many=True))
    @action(detail=True, pagination_class=None, filterset_class=None)
    def events(self, request: Request, reference: str) -> Response:
        """What happened to it, oldest first."""
        events = self.get_object().events.select_related("actor")
        return Response(EventSerializer(events, many=True).data)

    @extend_schema(responses={(200, "text/calendar"): OpenApiTypes.STR})
    @action(detail=True)
    def calendar(self, request: Request, reference: str) -> HttpResponse:
        """The appointment as a calendar file."""
        return calendar_response(self.get_object())

    @extend_schema(request=EmergencySerializer, responses={201: AppointmentSerializer})
    @action(detail=False, methods=["post"])
    def emergency(self, request: Request) -> Response:
        """Call the doctors on call, without a slot: 201; 409 while nobody is on call. Asking again gives the same."""
        body = EmergencySerializer(data=request.data, context={"request": request})
        body.is_valid(raise_exception=True)
        emergency = Appointment.objects.call_for_help(by=self.caller, at=timezone.now(), **body.validated_data)
        return Response(self.get_serializer(emergency).data, status=201)

    @extend_schema(request=None)
    @action(detail=True, methods=["post"])
    def accept(self, request: Request, reference: str) -> Response:
        """Take the request, the time that waits for the caller's answer, or the emergency; 409 if it is gone."""
        appointment = self.get_object()
        if can_take(self.caller, appointment):
            appointment.take(self.caller.doctor, at=timezone.now())
        elif can_answer_offer(self.caller, appointment):
            appointment.take_offer(by=self.caller, at=timezone.now())
        else:
            self.get_allowed(can_answer).accept(by=self.caller)
        return self.answer(self.get_object())

    @extend_schema(request=EndSerializer)
    @action(detail=True, methods=["post"])
    def decline(self, request: Request, reference: str) -> Response:
        """The doctor does not take the request; the slot is free at once. An offered time is refused without words."""
        appointment = self.get_object()
        if can_answer_offer(self.caller, appointment):
            appointment.refuse_offer(by=self.caller, at=timezone.now())
            return self.answer(appointment)
        appointment = self.get_allowed(can_answer)
        appointment.decline(by=self.caller, **self.reason_for(appointment))
        return self.answer(appointment)

    @extend_schema(request=TimeSerializer)
    @action(detail=True, methods=["post"])
    def offer(self, request: Request, reference: str) -> Response:
        """The doctor proposes another slot, which is kept until the patient answers or the offer expires."""
        appointment = self.get_allowed(can_answer)
        appointment.offer(self.chosen_slot(), by=self.caller, at=timezone.now())
        return self.answer(appointment)

    @extend_schema(request=TimeSerializer)
    @action(detail=True, methods=["post"])
    def move(self, request: Request, reference: str) -> Response:
        """To another slot of the same doctor; at a doctor who wants to be asked, an offer, and the old time stands."""
        appointment = self.get_allowed(can_move)
        appointment.move(self.chosen_slot(), by=self.caller, at=timezone.now())
        return self.answer(appointment)

    @extend_schema(request=EndSerializer)
    @action(detail=True, methods=["post"])
    def cancel(self, request: Request, reference: str) -> Response:
        """Either side gives it up; the slot is free at once. 409 where the clinic refuses it to a patient so late."""
        appointment = self.get_allowed(can_cancel)
        appointment.cancel(by=self.caller, **self.reason_for(appointment))
        return self.answer(appointment)

    @extend_schema(request=None)
    @action(detail=True, methods=["post"], url_path="no-show")
    def no_show(self, request: Request, reference: str) -> Response:
        """The patient did not come; 409 until ten minutes after the start."""
        appointment = self.get_allowed(can_conclude)
        appointment.mark_no_show(by=self.caller)
        return self.answer(appointment)

    @extend_schema(request=None)
    @action(detail=True, methods=["post"])
    def complete(self, request: Request, reference: str) -> Response:
        """It was held; 409 before the start."""
        appointment = self.get_allowed(can_conclude)
        appointment.complete(by=self.caller)
        return self.answer(appointment)

    def get_serializer_context(self) -> dict[str, Any]:
        return {**super().get_serializer_context(), "acting_for": SimpleLazyObject(self.read_acting_for)}

    def read_acting_for(self) -> set[int]:
        """The keys of the patients for whom the caller acts."""
        return set(Patient.objects.represented_by(self.caller).values_list("pk", flat=True))

    @property
    def caller(self) -> User:
        assert isinstance(self.request.user, User)  # signed in, or the permission has refused
        return self.request.user

    def get_allowed(self, may: Callable[[User, Appointment], bool]) -> Appointment:
        """The appointment, if the caller `may` do this to it: 404 if not visible, 403 if not allowed."""
        appointment = self.get_object()
        if not may(self.caller, appointment):
            raise PermissionDenied
        return appointment

    def chosen_slot(self) -> Slot:
        body = TimeSerializer(data=self.request.data)
        body.is_valid(raise_exception=True)
        return body.validated_data["slot"]

    def reason_for(self, appointment: Appointment) -> dict[str, Any]:
        body = EndSerializer(data=self.request.data, context={"request": self.request, "appointment": appointment})
        body.is_valid(raise_exception=True)
        return body.validated_data

    def answer(self, appointment: Appointment) -> Response:
        return Response(self.get_serializer(appointment).data)
