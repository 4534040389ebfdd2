"""The prescription of an appointment, for programs: read, write, issue, revoke, replace, download."""

from typing import Any

from django.core.exceptions import PermissionDenied
from django.http import Http404, HttpResponse
from django.shortcuts import get_object_or_404
from django.utils import timezone
from django.utils.functional import cached_property
from django.utils.translation import gettext_lazy as _
from drf_spectacular.types import OpenApiTypes
from drf_spectacular.utils import extend_schema
from rest_framework import serializers
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.viewsets import GenericViewSet

from appointments.models import Appointment
from clinic.people.models.tokens import Area
from prescriptions.access import Action, pdf_response, record
from prescriptions.forms import MedicineForm
from prescriptions.models import Medicine, Prescription
from prescriptions.models.medicine import MEDICINE_LIMIT
from prescriptions.permissions import can_change, can_prescribe
from prescriptions.validators import no_hidden_characters, validate_brand


class MedicineSerializer(serializers.ModelSerializer):
    class Meta:
        model = Medicine
        fields = MedicineForm.Meta.fields

    def validate(self, row: dict[str, Any]) -> dict[str, Any]:
        validate_brand(row.get("brand", ""), row.get("brand_reason", ""))
        return row


class PrescriptionSerializer(serializers.ModelSerializer):
    """`version` is optional in a PUT: the version that the caller read, so that nobody's change is lost unseen."""

    medicines: Any = serializers.ListSerializer(
        child=MedicineSerializer(),
        min_length=1,
        max_length=MEDICINE_LIMIT,
        error_messages={"min_length": _("Add at least one medicine")},
    )
    version = serializers.IntegerField(required=False, min_value=0)
    replaces: Any = serializers.SlugRelatedField(slug_field="reference", read_only=True)
    verify_url = serializers.SerializerMethodField()

    class Meta:
        model = Prescription
        fields = (
            "reference",
            "status",
            "diagnosis",
            "medicines",
            "advice",
            "weight_kg",
            "follow_up_on",
            "valid_until",
            "issued_at",
            "revoked_at",
            "revoke_reason",
            "replaces",
            "verify_url",
            "pdf_sha256",
            "version",
        )
        read_only_fields = ("status", "issued_at", "revoked_at", "revoke_reason", "pdf_sha256")
        extra_kwargs = {"diagnosis": {"required": True, "allow_blank": False}}

    def get_verify_url(self, prescription: Prescription) -> str | None:
        """Where a pharmacist checks it; null for a draft."""
        return None if prescription.status == Prescription.Status.DRAFT else prescription.verify_url

    def validated_content(self) -> dict[str, Any]:
        """What Prescription.rewrite takes."""
        rows = self.validated_data["medicines"]
        return {**self.validated_data, "medicines": [Medicine(**row) for row in rows]}


class IssueSerializer(serializers.Serializer):
    """`reviewed`: the doctor has gone through the patient's allergies and medicines. See Prescription.issue."""

    version = serializers.IntegerField(required=False, min_value=0)
    reviewed = serializers.BooleanField(default=False)
    match_reason = serializers.CharField(
        default="", allow_blank=True, max_length=500, validators=[no_hidden_characters]
    )


class RevokeSerializer(serializers.ModelSerializer):
    class Meta:
        model = Prescription
        fields = ("revoke_reason",)
        extra_kwargs = {"revoke_reason": {"required": True, "allow_blank": False}}


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

    def update(self, request: Request, reference: str) -> Response:
        """Write the draft, or begin one. What the body leaves out keeps its value."""
        if not can_prescribe(self.user, self.appointment):
            raise PermissionDenied
        body = PrescriptionSerializer(data=request.data)
        body.is_valid(raise_exception=True)
        prescription = Prescription.objects.write(self.appointment, **body.validated_content())
        record(Action.CHANGED, prescription, request)
        return self.answer(prescription)

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
        return Response(self.get_serializer(prescription).data)
