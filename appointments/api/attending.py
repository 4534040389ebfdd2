"""Who comes and who does not; what doctors and staff book at times of their own choosing."""

from typing import Any

from django.core.exceptions import PermissionDenied
from django.db.backends.postgresql.psycopg_any import DateTimeTZRange
from django.shortcuts import get_object_or_404
from django.utils import timezone
from drf_spectacular.utils import extend_schema
from rest_framework.decorators import action
from rest_framework.exceptions import ValidationError
from rest_framework.request import Request
from rest_framework.response import Response

from appointments.booking import book_at_once, book_once
from appointments.late import tell_late
from appointments.models import Appointment
from appointments.models.choices import Reason
from appointments.overriding import warnings_of
from appointments.permissions import can_book_follow_up, can_conclude, is_on_patients_side
from clinic.api import IDEMPOTENCY_KEY, key_of
from clinic.people.models import Doctor, Patient
from clinic.people.permissions import in_own_clinics, practising_doctor, works_at_desk

from .base import AppointmentCalls
from .serializers import (
    AppointmentSerializer,
    ColleagueSerializer,
    LateSerializer,
    OwnTimeSerializer,
    TimeSerializer,
    ToldSerializer,
)


class AttendingCalls(AppointmentCalls):
    @extend_schema(request=None)
    @action(detail=True, methods=["post"], url_path="no-show")
    def no_show(self, request: Request, reference: str) -> Response:
        """The patient did not come; 409 until ten minutes after the start."""
        appointment = self.get_allowed(can_conclude)
        appointment.mark_no_show(by=self.caller)
        return self.answer(appointment)

    @extend_schema(request=None)
    @action(detail=True, methods=["post"], url_path="no-show/undo")
    def undo_no_show(self, request: Request, reference: str) -> Response:
        """The patient came after all; 409 from the next day on."""
        appointment = self.get_allowed(can_conclude)
        appointment.undo_no_show(by=self.caller, at=timezone.now())
        return self.answer(appointment)

    @extend_schema(request=None)
    @action(detail=True, methods=["post"])
    def complete(self, request: Request, reference: str) -> Response:
        """It was held; 409 before the start."""
        appointment = self.get_allowed(can_conclude)
        appointment.complete(by=self.caller)
        return self.answer(appointment)

    @extend_schema(request=None)
    @action(detail=True, methods=["post"], url_path="link")
    def send_link(self, request: Request, reference: str) -> Response:
        """Send the patient the way into the visit once more."""
        appointment = self.get_allowed(can_conclude)
        appointment.send_link(by=self.caller)
        return self.answer(appointment)

    @extend_schema(request=None)
    @action(detail=True, methods=["post"], url_path="call")
    def ask_for_call(self, request: Request, reference: str) -> Response:
        """The patient, whose doctor does not come, would like to be called. Asking again changes nothing."""
        appointment = self.get_allowed(is_on_patients_side)
        appointment.ask_for_call(by=self.caller)
        return self.answer(appointment)

    @extend_schema(request=LateSerializer, responses=ToldSerializer)
    @action(detail=False, methods=["post"])
    def late(self, request: Request) -> Response:
        """The calling doctor runs late: everybody who still waits today is told."""
        doctor = practising_doctor(self.caller)
        if doctor is None:
            raise PermissionDenied
        body = LateSerializer(data=request.data)
        body.is_valid(raise_exception=True)
        return Response({"told": tell_late(doctor, minutes=body.validated_data["minutes"], at=timezone.now())})

    @extend_schema(
        request=TimeSerializer,
        responses={201: AppointmentSerializer},
        parameters=[IDEMPOTENCY_KEY],
        operation_id="follow_up",
    )
    @action(detail=True, methods=["post"], url_path="follow-up")
    def follow_up(self, request: Request, reference: str) -> Response:
        """The doctor books the same patient again, in one of the own free slots; patients' limits do not hold here."""
        before, slot = self.get_allowed(can_book_follow_up), self.chosen_slot()
        if slot.doctor_id != before.doctor_id:
            raise PermissionDenied
        key = key_of(request) or f"follow-up {before.reference} {slot.uid}"
        facts: dict[str, Any] = {"patient": before.patient, "reason_category": Reason.FOLLOW_UP}
        booked = book_once(slot, by=self.caller, at=timezone.now(), key=key, **facts)
        return self.answer(booked, 201)

    @extend_schema(request=OwnTimeSerializer, responses={201: AppointmentSerializer}, parameters=[IDEMPOTENCY_KEY])
    @action(detail=False, methods=["post"], url_path="own-time")
    def own_time(self, request: Request) -> Response:
        """Staff, or a doctor for the own day, book any time: off hours, past, or over another visit.

        What is unusual about it is 400, named under `because`; sent again with a reason there, it is booked, and the
        history keeps the reason.
        """
        body = OwnTimeSerializer(
            data=request.data, context={"doctors": self.own_doctors(), "patients": self.own_patients()}
        )
        body.is_valid(raise_exception=True)
        facts, at = dict(body.validated_data), timezone.now()
        period, because = DateTimeTZRange(facts.pop("start"), facts.pop("end")), facts.pop("because").strip()
        warnings = warnings_of(facts["doctor"], period, patient=facts["patient"], at=at)
        if warnings and not because:
            raise ValidationError({"because": warnings})
        facts["because"] = because if warnings else ""
        reference = book_at_once(period, by=self.caller, at=at, key=key_of(request), **facts)
        return self.answer(self.get_queryset().get(reference=reference), 201)

    def own_doctors(self) -> Any:
        """Whose day the caller may fill: staff that of everybody in their clinics, a doctor the own."""
        practising = Doctor.objects.practising().select_related("user", "clinic")
        if works_at_desk(self.caller):
            return in_own_clinics(practising, self.caller)
        if practising_doctor(self.caller) is None:
            raise PermissionDenied
        return practising.filter(user=self.caller)

    def own_patients(self) -> Any:
        """For whom: staff for everybody, a doctor for whom they have seen or will see."""
        if works_at_desk(self.caller):
            return Patient.objects.all()
        return Patient.objects.filter(appointments__doctor__user=self.caller).distinct()

    @extend_schema(request=ColleagueSerializer)
    @action(detail=True, methods=["post"], url_path="hand-over")
    def hand_over(self, request: Request, reference: str) -> Response:
        """Staff give it to another doctor, at the same time; the patient may refuse, whatever the hour."""
        appointment: Appointment = self.get_object()
        if not works_at_desk(self.caller, appointment.clinic_id):
            raise PermissionDenied
        body = ColleagueSerializer(data=request.data)
        body.is_valid(raise_exception=True)
        doctor = get_object_or_404(Doctor.objects.practising(), slug=body.validated_data["doctor"])
        appointment.hand_over(doctor, by=self.caller, at=timezone.now())
        return self.answer(self.get_object())
