"""How slots, doctors and appointments read, and what programs may send."""

import copy
from typing import Any
from zoneinfo import ZoneInfo

from django.db.models import QuerySet
from django.utils.translation import gettext_lazy as _
from drf_spectacular.utils import extend_schema_field
from rest_framework import serializers

from appointments.forms.hours import not_far
from appointments.models import Appointment, AppointmentEvent, Availability, Offer, Slot
from appointments.models.choices import NOTE_LIMIT, SYMPTOMS_LIMIT
from appointments.permissions import can_read_symptoms, end_reasons
from clinic.api import is_within
from clinic.people.models import Doctor, Patient, Specialty
from clinic.people.models.tokens import Area
from clinic.time import PartOfDay, validate_zone


class DoctorRefSerializer(serializers.ModelSerializer):
    """A doctor inside something else."""

    specialties: Any = serializers.SlugRelatedField(slug_field="name", many=True, read_only=True)

    class Meta:
        model = Doctor
        fields: tuple[str, ...] = ("slug", "name", "specialties")


class DoctorSerializer(DoctorRefSerializer):
    clinic = serializers.CharField(source="clinic.name", read_only=True)
    next_free_at = serializers.DateTimeField(read_only=True, allow_null=True)

    class Meta(DoctorRefSerializer.Meta):
        fields = (
            *DoctorRefSerializer.Meta.fields,
            "clinic",
            "about",
            "languages",
            "zone",
            "booking_mode",
            "next_free_at",
        )


class SlotSerializer(serializers.ModelSerializer):
    """`start` and `end` by the clock of `zone`: the one asked for with ``?tz``, else the doctor's."""

    id = serializers.CharField(source="uid", read_only=True)
    doctor = DoctorRefSerializer(read_only=True)
    start = serializers.DateTimeField(read_only=True)
    end = serializers.DateTimeField(read_only=True)
    zone = serializers.CharField(read_only=True)

    class Meta:
        model = Slot
        fields = ("id", "doctor", "start", "end", "zone")

    def to_representation(self, slot: Slot) -> dict[str, Any]:
        """Written out: a search answers with many, and fields would take longer than the search."""
        doctor = slot.doctor
        zone = self.context.get("tz") or doctor.zone or doctor.clinic.zone
        clock = ZoneInfo(zone)
        specialties = [specialty.name for specialty in doctor.specialties.all()]
        return {
            "id": slot.uid,
            "doctor": {"slug": doctor.slug, "name": doctor.name, "specialties": specialties},
            "start": slot.period.lower.astimezone(clock).isoformat(),
            "end": slot.period.upper.astimezone(clock).isoformat(),
            "zone": zone,
        }


class PeriodSerializer(serializers.Serializer):
    start = serializers.DateTimeField()
    end = serializers.DateTimeField()

    def validate(self, attrs: dict[str, Any]) -> dict[str, Any]:
        if attrs["end"] <= attrs["start"]:
            raise serializers.ValidationError({"end": _("The end must come after the start.")})
        return attrs


class QuerySerializer(serializers.Serializer):
    """Words of an address, all optional. Has only the fields that were sent, of which most calls send one or two."""

    def get_fields(self) -> dict[str, serializers.Field]:
        sent = getattr(self, "initial_data", self._declared_fields)
        return {name: copy.deepcopy(field) for name, field in self._declared_fields.items() if name in sent}


class SearchSerializer(QuerySerializer):
    """What somebody looks for. Specialty and clinic are names in addresses; language is a code such as ``pt``."""

    q = serializers.CharField(required=False, max_length=80)
    specialty = serializers.SlugField(required=False)
    language = serializers.CharField(required=False, max_length=10)
    clinic = serializers.SlugField(required=False)
    part = serializers.ChoiceField(required=False, choices=PartOfDay.choices)


class WhenSerializer(QuerySerializer):
    """From when, until when, on which day (all default to any), and by which clock; without one, the caller's."""

    tz = serializers.CharField(required=False, validators=[validate_zone])
    day = serializers.DateField(required=False, validators=[not_far])
    vars()["from"] = serializers.DateTimeField(required=False)  # a word of Python
    to = serializers.DateTimeField(required=False)


class SlotSearchSerializer(SearchSerializer, WhenSerializer):
    """Both."""


class AvailabilitySerializer(serializers.ModelSerializer):
    """`weekday` counts from Monday, 0. Times are the doctor's wall clock."""

    id = serializers.CharField(source="uid", read_only=True)

    class Meta:
        model = Availability
        fields = ("id", "weekday", "starts", "ends", "valid_from", "valid_until")
        extra_kwargs = {"valid_from": {"required": False}}

    def validate(self, attrs: dict[str, Any]) -> dict[str, Any]:
        facts: dict[str, Any] = {name: getattr(self.instance, name, None) for name in self.Meta.fields}
        facts.update(attrs)
        if facts["ends"] <= facts["starts"]:
            message = _("The end must come after the start. Split hours that pass midnight.")
            raise serializers.ValidationError({"ends": message})
        if facts["valid_until"] and facts["valid_from"] and facts["valid_until"] < facts["valid_from"]:
            raise serializers.ValidationError({"valid_until": _("The last day must not come before the first.")})
        return attrs


class OwnPeriodSerializer(PeriodSerializer):
    """A row that has a `period`, as its start and end."""

    id = serializers.CharField(source="uid", read_only=True)
    start = serializers.DateTimeField(source="period.lower", validators=[not_far])
    end = serializers.DateTimeField(source="period.upper", validators=[not_far])

    def validate(self, attrs: dict[str, Any]) -> dict[str, Any]:
        period = attrs["period"]
        return super().validate({"start": period["lower"], "end": period["upper"]})


class TimeOffSerializer(OwnPeriodSerializer):
    """No visits in this time."""


class OnCallSerializer(OwnPeriodSerializer):
    """The doctor answers emergencies in this time."""


class KeepVisitsSerializer(serializers.Serializer):
    keep_visits = serializers.BooleanField(default=False)


class PatientRefSerializer(serializers.ModelSerializer):
    class Meta:
        model = Patient
        fields = ("uid", "name")


VISIT = {
    "type": ["object", "null"],
    "properties": {"session_id": {"type": "string"}, "code": {"type": "string"}},
}


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
    """Symptoms of oneself, or `for` a patient one acts for, by uid."""

    symptoms = serializers.CharField(max_length=SYMPTOMS_LIMIT)

    def get_fields(self) -> dict[str, serializers.Field]:
        """With `for`: a patient for whom the caller acts; others are as unknown as those that do not exist."""
        if "for" not in getattr(self, "initial_data", {"for"}):
            return super().get_fields()
        request = self.context.get("request")
        acting_for = Patient.objects.represented_by(request.user) if request else Patient.objects.none()
        patient = serializers.SlugRelatedField(slug_field="uid", queryset=acting_for, required=False)
        return super().get_fields() | {"for": patient}

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
    actor = serializers.CharField(source="actor.full_name", default=None, read_only=True)

    class Meta:
        model = AppointmentEvent
        fields = ("kind", "before", "after", "actor", "at")
