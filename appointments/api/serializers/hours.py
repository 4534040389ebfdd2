"""A doctor's own hours as programs read and send them. Times of weekly hours are the doctor's wall clock."""

from typing import Any

from django.utils.translation import gettext_lazy as _
from rest_framework import serializers

from appointments.forms.hours import not_far
from appointments.models import Availability, Closure

from .finding import PeriodSerializer


class AvailabilitySerializer(serializers.ModelSerializer):
    """`weekday` counts from Monday, 0. Times are the doctor's wall clock."""

    id = serializers.CharField(source="uid", read_only=True)

    class Meta:
        model = Availability
        fields: tuple[str, ...] = ("id", "weekday", "starts", "ends", "valid_from", "valid_until")
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


class DayPeriodSerializer(AvailabilitySerializer):
    """A period of a day; from when until when it holds may be left open."""

    class Meta(AvailabilitySerializer.Meta):
        fields = ("starts", "ends", "valid_from", "valid_until")


class DaysSerializer(serializers.Serializer):
    """These `periods`, and no others, for each of `weekdays`."""

    weekdays = serializers.ListField(
        child=serializers.ChoiceField(choices=Availability.Weekday.choices), allow_empty=False, max_length=7
    )
    periods: Any = serializers.ListSerializer(child=DayPeriodSerializer(), max_length=12)


class TimeSpanSerializer(serializers.Serializer):
    start = serializers.DateTimeField()
    end = serializers.DateTimeField()


class ClosureSerializer(serializers.ModelSerializer):
    """Whole days by the clinic's calendar, both included."""

    clinic = serializers.CharField(source="clinic.slug")
    first_day = serializers.DateField()
    last_day = serializers.DateField()

    class Meta:
        model = Closure
        fields = ("clinic", "name", "first_day", "last_day")
