"""What a record holds: the summary, the timeline, who looked; and what visits left behind."""

from typing import Any

from django.core.exceptions import PermissionDenied
from django.http import Http404
from django.shortcuts import get_object_or_404
from drf_spectacular.utils import extend_schema
from rest_framework import status
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.views import APIView

from appointments.api.permissions import IsPractisingDoctor
from appointments.models import Appointment
from appointments.permissions import is_its_doctor, is_on_patients_side
from clinic.api import IDEMPOTENCY_KEY, key_of
from clinic.idempotency import once
from clinic.people.models.tokens import Area
from clinic.record import audit
from clinic.record.access import OpenedRecord, open_again
from clinic.record.aftercare import HELD, Aftercare
from clinic.record.audit import Action, looks_at
from clinic.record.models import Opening
from clinic.record.permissions import once_treated_by
from clinic.record.unfinished import unfinished_of

from .serializers import (
    AftercareSerializer,
    LooksSerializer,
    OpeningSerializer,
    SummarySerializer,
    TimelineQuerySerializer,
    TimelineSerializer,
    UnfinishedSerializer,
)

OPENINGS_SHOWN = 20


class SummaryView(OpenedRecord, APIView):
    area = Area.RECORD

    @extend_schema(responses=SummarySerializer)
    def get(self, request: Request, uid: str) -> Response:
        """Allergies, conditions, medicines, prescriptions and past visits. Goes on record."""
        self.note(Action.READ)
        return Response(SummarySerializer(self.record).data)


class TimelineView(OpenedRecord, APIView):
    area = Area.RECORD

    @extend_schema(parameters=[TimelineQuerySerializer], responses=TimelineSerializer)
    def get(self, request: Request, uid: str) -> Response:
        """What happened to the patient, a page at a time. Goes on record."""
        query = TimelineQuerySerializer(data=request.query_params)
        query.is_valid(raise_exception=True)
        facts = query.validated_data
        self.note(Action.READ)
        return Response(TimelineSerializer(self.record.timeline(shown=facts["show"], page=facts["page"])).data)


class LooksView(OpenedRecord, APIView):
    area = Area.RECORD

    @extend_schema(responses=LooksSerializer)
    def get(self, request: Request, uid: str) -> Response:
        """Who else has looked into the record; for the patient's own side."""
        if self.doctor is not None:
            raise PermissionDenied
        openings = Opening.objects.filter(patient=self.patient).with_names()[:OPENINGS_SHOWN]
        return Response(LooksSerializer({"looks": looks_at(self.patient), "openings": openings}).data)


class OpenAgainView(APIView):
    area = Area.RECORD
    permission_classes = [IsPractisingDoctor]

    @extend_schema(request=OpeningSerializer, responses={201: OpeningSerializer}, parameters=[IDEMPOTENCY_KEY])
    def post(self, request: Any, uid: str) -> Response:
        """A doctor who treated the patient long ago opens the record for a day, and says why."""
        patient = get_object_or_404(once_treated_by(request.user.doctor), uid=uid)
        body = OpeningSerializer(data=request.data)
        body.is_valid(raise_exception=True)
        reason = body.validated_data["reason"]
        facts: Any = {"user": request.user, "key": key_of(request), "body": ["open", patient.uid, reason]}
        made = once(lambda: open_again(request, patient, reason).uid, **facts)
        return Response(OpeningSerializer(Opening.objects.get(uid=made)).data, status=status.HTTP_201_CREATED)


class AfterVisitView(APIView):
    area = Area.RECORD

    @extend_schema(responses=AftercareSerializer)
    def get(self, request: Any, reference: str) -> Response:
        """What the patient reads after a visit, for the patient's side and its doctor; 404 until it is held."""
        visible = Appointment.objects.visible_to(request.user).with_parties().with_visits()
        appointment = get_object_or_404(visible, reference=reference)
        is_doctor = is_its_doctor(request.user, appointment)
        if not (is_doctor or is_on_patients_side(request.user, appointment)):
            raise PermissionDenied
        if appointment.patient is None or appointment.status not in HELD:
            raise Http404
        doctor = appointment.doctor if is_doctor else None
        audit.note(request, Action.READ, appointment.patient, doctor=doctor, subject=appointment)
        return Response(AftercareSerializer(Aftercare(appointment)).data)


class ToFinishView(APIView):
    area = Area.RECORD
    permission_classes = [IsPractisingDoctor]

    @extend_schema(responses=UnfinishedSerializer(many=True))
    def get(self, request: Any) -> Response:
        """Everything that the calling doctor has begun and not finished, the oldest first."""
        return Response(UnfinishedSerializer(unfinished_of(request.user.doctor), many=True).data)
