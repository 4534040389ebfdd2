"""How doctors and slots read, and what programs may ask for."""

import copy
from typing import Any
from zoneinfo import ZoneInfo

from django.utils.translation import gettext_lazy as _
from rest_framework import serializers

from appointments.forms.hours import not_far
from appointments.models import Slot
from clinic.people.models import Doctor
from clinic.time import PartOfDay, validate_zone


class DoctorRefSerializer(serializers.ModelSerializer):
    """A doctor inside something else."""

    specialties: Any = serializers.SlugRelatedField(slug_field="name", many=True, read_only=True)

    class Meta:
        model = Doctor
        fields: tuple[str, ...] = ("slug", "name", "specialties")


def refer_to_doctor(doctor: Doctor) -> dict[str, Any]:
    """The same, written out, for answers with many."""
    return {"slug": doctor.slug, "name": doctor.name, "specialties": doctor.specialty_names}


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
        return {
            "id": slot.uid,
            "doctor": refer_to_doctor(doctor),
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


class HeldSerializer(serializers.Serializer):
    """Until when the slot is kept for the caller."""

    slot = serializers.CharField()
    held_until = serializers.DateTimeField()
