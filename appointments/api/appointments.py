"""Appointments for programs: book, list, answer, move, end."""

from typing import Any

from django.http import HttpResponse
from django.utils import timezone
from django_filters import rest_framework as filters
from drf_spectacular.types import OpenApiTypes
from drf_spectacular.utils import extend_schema
from rest_framework.decorators import action
from rest_framework.mixins import ListModelMixin, RetrieveModelMixin
from rest_framework.request import Request
from rest_framework.response import Response

from appointments.booking import book_once, hold_key_of
from appointments.calendar import calendar_response
from appointments.models import Appointment
from appointments.permissions import can_answer, can_answer_offer, can_cancel, can_move, can_take
from appointments.reading import reads_symptoms
from clinic.api import IDEMPOTENCY_KEY, CursorPages, key_of

from .attending import AttendingCalls
from .serializers import (
    AppointmentSerializer,
    BookSerializer,
    EmergencySerializer,
    EndSerializer,
    EventSerializer,
    TimeSerializer,
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


class AppointmentViewSet(ListModelMixin, RetrieveModelMixin, AttendingCalls):
    filterset_class = AppointmentFilter
    pagination_class = NewestFirst

    @extend_schema(request=BookSerializer, responses={201: AppointmentSerializer}, parameters=[IDEMPOTENCY_KEY])
    def create(self, request: Request) -> Response:
        """Book an open slot: 201 with the appointment, confirmed or requested; 409 if the rules refuse."""
        body = BookSerializer(data=request.data, context={"request": request})
        body.is_valid(raise_exception=True)
        facts = {"key": key_of(request), "hold_key": hold_key_of(self.caller), **body.validated_data}
        return self.answer(book_once(by=self.caller, at=timezone.now(), **facts), 201)

    def list(self, request: Request, *args: Any, **kwargs: Any) -> Response:
        """Those that the caller may know of, the newest first: as doctor, as patient or for the patient; staff all."""
        return super().list(request, *args, **kwargs)

    def retrieve(self, request: Request, *args: Any, **kwargs: Any) -> Response:
        """One appointment. Reading why the patient comes goes on record."""
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

    def reason_for(self, appointment: Appointment) -> dict[str, Any]:
        body = EndSerializer(data=self.request.data, context={"request": self.request, "appointment": appointment})
        body.is_valid(raise_exception=True)
        return body.validated_data
