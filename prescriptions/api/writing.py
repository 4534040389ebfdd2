"""The prescription of an appointment: read, written, checked, issued, revoked, replaced, downloaded."""

from typing import Any

from django.core.exceptions import PermissionDenied
from django.http import Http404, HttpResponse
from django.shortcuts import get_object_or_404
from django.utils import timezone
from django.utils.functional import cached_property
from drf_spectacular.types import OpenApiTypes
from drf_spectacular.utils import extend_schema
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.views import APIView
from rest_framework.viewsets import GenericViewSet

from appointments.api.permissions import IsPractisingDoctor
from appointments.models import Appointment
from clinic.api_edits import IF_MATCH, seen_by, with_version
from clinic.people.models.tokens import Area
from prescriptions.access import Action, pdf_response, record
from prescriptions.errors import EditedElsewhere
from prescriptions.models import Medicine, Prescription
from prescriptions.permissions import can_change, can_prescribe

from .serializers import CheckSerializer, IssueSerializer, MedicineSerializer, PrescriptionSerializer, RevokeSerializer


class PrescriptionViewSet(GenericViewSet):
    """The prescription that counts for an appointment: the one not revoked, else the last one."""

    area = Area.RECORD
    serializer_class = PrescriptionSerializer
    lookup_field = "reference"

    @property
    def user(self) -> Any:
        return self.request.user

    @cached_property
    def appointment(self) -> Appointment:
        visible = Appointment.objects.visible_to(self.user).with_parties()
        return get_object_or_404(visible, reference=self.kwargs["reference"])

    def get_object(self) -> Prescription:
        """What the caller may see of the appointment's prescriptions."""
        visible = Prescription.objects.visible_to(self.user).with_parties()
        prescription = visible.for_appointment(self.appointment)
        if prescription is None:
            raise Http404
        return prescription

    def get_own(self) -> Prescription:
        """The same, for the doctor who may change it."""
        prescription = self.get_object()
        if not can_change(self.user, prescription):
            raise PermissionDenied
        return prescription

    def retrieve(self, request: Request, reference: str) -> Response:
        prescription = self.get_object()
        record(Action.READ, prescription, request)
        return self.answer(prescription)

    @extend_schema(parameters=[IF_MATCH])
    def update(self, request: Request, reference: str) -> Response:
        """Write the draft, or begin one. What the body leaves out keeps its value.

        If it was changed meanwhile: 412 where If-Match named what was read, 409 where the body did.
        """
        if not can_prescribe(self.user, self.appointment):
            raise PermissionDenied
        body = PrescriptionSerializer(data=with_version(request))
        body.is_valid(raise_exception=True)
        with seen_by(request, EditedElsewhere):
            prescription = Prescription.objects.write(self.appointment, **body.validated_content())
        record(Action.CHANGED, prescription, request)
        return self.answer(prescription)

    @extend_schema(responses=CheckSerializer)
    def check(self, request: Request, reference: str) -> Response:
        """What is on record of the patient, and which of it is like a name on the draft; for its doctor."""
        draft = self.get_own()
        record(Action.READ, draft, request, subject=draft.patient)
        patient = draft.patient
        found = {"version": draft.version, "record_seen": draft.record_now(), "matches": draft.matches_now()}
        on_record = {"allergies": patient.allergy_set.current(), "medicines_taken": patient.medication_set.current()}
        return Response(CheckSerializer({**found, **on_record}).data)

    @extend_schema(request=IssueSerializer, responses=PrescriptionSerializer)
    def issue(self, request: Request, reference: str) -> Response:
        """Issue the draft, if it is still the `version` that was checked."""
        prescription = self.get_own()
        body = IssueSerializer(data=request.data)
        body.is_valid(raise_exception=True)
        prescription.issue(by=self.user, at=timezone.now(), **body.validated_data)
        return self.answer(prescription)

    @extend_schema(request=RevokeSerializer, responses=PrescriptionSerializer)
    def revoke(self, request: Request, reference: str) -> Response:
        """End the prescription, with a reason that the patient reads."""
        prescription = self.get_own()
        prescription.revoke(by=self.user, at=timezone.now(), reason=self.reason())
        return self.answer(prescription)

    @extend_schema(request=RevokeSerializer, responses=PrescriptionSerializer)
    def replace(self, request: Request, reference: str) -> Response:
        """End the prescription and answer with a new draft of the same content, which names it."""
        draft = self.get_own().replace(by=self.user, at=timezone.now(), reason=self.reason())
        return self.answer(draft)

    @extend_schema(responses={(200, "application/pdf"): OpenApiTypes.BINARY})
    def pdf(self, request: Request, reference: str) -> HttpResponse:
        """The document as it was issued."""
        return pdf_response(self.get_object(), request)

    def reason(self) -> str:
        body = RevokeSerializer(data=self.request.data)
        body.is_valid(raise_exception=True)
        return body.validated_data["revoke_reason"]

    def answer(self, prescription: Prescription) -> Response:
        """With its version as ETag."""
        return Response(self.get_serializer(prescription).data, headers={"ETag": f'"{prescription.version}"'})


class EarlierMedicinesView(APIView):
    area = Area.RECORD
    permission_classes = [IsPractisingDoctor]

    @extend_schema(responses=MedicineSerializer(many=True))
    def get(self, request: Any) -> Response:
        """The calling doctor's own different medicines, each as it was written last, to be written again."""
        return Response(MedicineSerializer(Medicine.objects.earlier_of(request.user.doctor), many=True).data)
