"""How a visit that is held reads, and what programs may send to it."""

from datetime import date
from typing import Any

from django.utils import timezone
from django.utils.translation import gettext_lazy as _
from rest_framework import serializers

from appointments.models import Outcome
from clinic.people.api.serializers import BirthDateField, PhoneField
from televisit.models import DeviceCheck, Participant


class WaitingSerializer(serializers.ModelSerializer):
    """Who waits, and for which visit."""

    session_id = serializers.CharField(source="visit.uid")

    class Meta:
        model = Participant
        fields = ("uid", "role", "name", "waiting_since", "session_id")


class LineSerializer(serializers.Serializer):
    """`ahead` is how many wait before this visit; `late_minutes` how late the doctor is."""

    doctor_is_here = serializers.BooleanField()
    doctor_is_elsewhere = serializers.BooleanField()
    doctor_is_free = serializers.BooleanField()
    is_paused = serializers.BooleanField()
    is_soon = serializers.BooleanField()
    ahead = serializers.IntegerField()
    late_minutes = serializers.IntegerField()


class WhoCameSerializer(serializers.Serializer):
    """Somebody the clinic knows by these names and this birth, or a new patient."""

    given_name = serializers.CharField(max_length=80)
    family_name = serializers.CharField(max_length=80)
    birth_date = BirthDateField()
    phone = PhoneField(default="")


class DeviceCheckSerializer(serializers.ModelSerializer):
    """What works, as a page or program found out; nothing in it keeps anybody out."""

    class Meta:
        model = DeviceCheck
        fields = (*DeviceCheck.PARTS, "round_trip_ms", "loss_percent", "relay_reached")


class OutcomeSerializer(serializers.Serializer):
    """`text` is advice for the patient, `seek_help` which signs must not wait. `version` counts the saves, from 0."""

    outcome = serializers.ChoiceField(choices=Outcome.Kind.choices, allow_null=True)
    text = serializers.CharField(max_length=4000, required=False, allow_blank=True, default="")
    seek_help = serializers.CharField(max_length=2000, required=False, allow_blank=True, default="")
    follow_up_on = serializers.DateField(required=False, allow_null=True, default=None)
    version = serializers.IntegerField(min_value=0, max_value=2**31 - 1, default=0)

    def validate_outcome(self, outcome: Any) -> Any:
        if outcome is None:
            raise serializers.ValidationError(_("Choose what came of the visit"))
        return outcome

    def validate_follow_up_on(self, day: date | None) -> date | None:
        if day and day < timezone.localdate():
            raise serializers.ValidationError(_("Choose a day that is still to come"))
        return day
