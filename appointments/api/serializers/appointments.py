"""How appointments read, and what programs may send to make, answer and end them."""

from datetime import datetime
from typing import Any

from django.contrib.auth.models import AnonymousUser
from django.db.models import QuerySet
from django.utils.translation import gettext_lazy as _
from drf_spectacular.utils import extend_schema_field
from rest_framework import serializers

from appointments.models import Appointment, AppointmentEvent, Offer, Slot
from appointments.models.choices import NOTE_LIMIT, SYMPTOMS_LIMIT
from appointments.permissions import can_read_symptoms, end_reasons
from clinic.api import is_within
from clinic.people.models import Patient, Specialty
from clinic.people.models.tokens import Area
from clinic.people.permissions import works_at_desk

from .finding import DoctorRefSerializer, refer_to_doctor


class PatientRefSerializer(serializers.ModelSerializer):
    class Meta:
        model = Patient
        fields = ("uid", "name")


INSTANT = serializers.DateTimeField()
VISIT = {
    "type": ["object", "null"],
    "properties": {"session_id": {"type": "string"}, "code": {"type": "string"}},
}


def written(at: datetime | None) -> str | None:
    """An instant as every field writes it; None for what has no time."""
    return None if at is None else INSTANT.to_representation(at)


class OfferSerializer(serializers.ModelSerializer):
    """Another time, and whose answer it waits for."""

    start = serializers.DateTimeField(source="period.lower", read_only=True)
    end = serializers.DateTimeField(source="period.upper", read_only=True)

    class Meta:
        model = Offer
        fields = ("start", "end", "waits_for", "expires_at")


class AppointmentSerializer(serializers.ModelSerializer):
    """`symptoms` are for the two parties only, null for staff, and for tokens that may not read records.

    The context says for whom the reader acts.
    """

    doctor = DoctorRefSerializer(read_only=True)
    patient = PatientRefSerializer(read_only=True)
    start = serializers.DateTimeField(source="starts_at", read_only=True)
    end = serializers.DateTimeField(source="ends_at", read_only=True)
    symptoms = serializers.SerializerMethodField()
    visit = serializers.SerializerMethodField()
    offer = OfferSerializer(source="open_offer", read_only=True, allow_null=True)

    class Meta:
        model = Appointment
        fields = (
            "reference",
            "status",
            "doctor",
            "patient",
            "start",
            "end",
            "reason_category",
            "symptoms",
            "is_emergency",
            "visit",
            "offer",
            "sequence",
            "created_at",
            "updated_at",
        )

    def to_representation(self, appointment: Appointment) -> dict[str, Any]:
        """Written out: fields would take longer than the booking, or a list's query."""
        patient, offer = appointment.patient, appointment.open_offer
        return {
            "reference": appointment.reference,
            "status": appointment.status,
            "doctor": refer_to_doctor(appointment.doctor) if appointment.doctor else None,
            "patient": {"uid": patient.uid, "name": patient.name} if patient else None,
            "start": written(appointment.starts_at),
            "end": written(appointment.ends_at),
            "reason_category": appointment.reason_category,
            "symptoms": self.get_symptoms(appointment),
            "is_emergency": appointment.is_emergency,
            "visit": self.get_visit(appointment),
            "offer": OfferSerializer(offer).data if offer else None,
            "sequence": appointment.sequence,
            "created_at": written(appointment.created_at),
            "updated_at": written(appointment.updated_at),
        }

    def get_symptoms(self, appointment: Appointment) -> str | None:
        request, acting_for = self.context["request"], self.context["acting_for"]
        may = can_read_symptoms(request.user, appointment, acting_for=acting_for) and is_within(request, Area.RECORD)
        return appointment.symptoms if may else None

    @extend_schema_field(VISIT)
    def get_visit(self, appointment: Appointment) -> dict[str, str] | None:
        visit = getattr(appointment, "visit", None)
        return {"session_id": visit.uid, "code": visit.code} if visit else None


@extend_schema_field(str)
class SlotField(serializers.SlugRelatedField):
    """A slot of a practising doctor, by its id."""

    def __init__(self) -> None:
        super().__init__(slug_field="uid")

    def get_queryset(self) -> QuerySet[Slot]:
        return Slot.objects.of_practising_doctors().select_related("doctor__user", "doctor__clinic")


class TimeSerializer(serializers.Serializer):
    slot = SlotField()


class ForWhomSerializer(serializers.Serializer):
    """Symptoms of oneself, or `for` a patient one acts for, by uid; staff book for everybody, symptoms or not."""

    symptoms = serializers.CharField(max_length=SYMPTOMS_LIMIT)

    def get_fields(self) -> dict[str, serializers.Field]:
        """With `for`: a patient for whom the caller acts; others are as unknown as those that do not exist."""
        fields: Any = super().get_fields()
        user = self.context["request"].user if "request" in self.context else None
        is_at_desk = works_at_desk(user)
        fields["symptoms"].required = not is_at_desk
        if "for" in getattr(self, "initial_data", {"for"}):
            known = Patient.objects.all() if is_at_desk else Patient.objects.represented_by(user or AnonymousUser())
            fields["for"] = serializers.SlugRelatedField(slug_field="uid", queryset=known, required=False)
        return fields

    def validate(self, attrs: dict[str, Any]) -> dict[str, Any]:
        attrs["patient"] = attrs.pop("for", None) or getattr(self.context["request"].user, "patient", None)
        if attrs["patient"] is None:
            raise serializers.ValidationError({"for": _("Say for whom: you have no patient's profile of your own.")})
        return attrs


class EmergencySerializer(ForWhomSerializer):
    """A call for whichever doctor is on call, or for one with `specialty`, by its name in addresses."""

    specialty = serializers.SlugRelatedField(slug_field="slug", queryset=Specialty.objects.all(), required=False)


class BookSerializer(TimeSerializer, ForWhomSerializer):
    """Book `slot`."""

    reason_category = serializers.ChoiceField(choices=Appointment.Reason.choices, required=False)
    is_emergency = serializers.BooleanField(default=False)


class EndSerializer(serializers.Serializer):
    """Why it is declined or cancelled. Which reasons are allowed depends on who asks; `note` is for the other side."""

    reason = serializers.ChoiceField(choices=Appointment.EndReason.choices)
    note = serializers.CharField(max_length=NOTE_LIMIT, required=False, allow_blank=True)

    def validate_reason(self, reason: str) -> str:
        if reason not in dict(end_reasons(self.context["request"].user, self.context["appointment"])):
            raise serializers.ValidationError(_("This reason is not yours to give. Choose another one."))
        return reason


class EventSerializer(serializers.ModelSerializer):
    actor = serializers.CharField(source="actor.full_name", default=None, allow_null=True, read_only=True)

    class Meta:
        model = AppointmentEvent
        fields = ("kind", "before", "after", "actor", "at")
