"""What staff send for who calls, and how it reads."""

from typing import Any

from django.utils import timezone
from django.utils.translation import gettext_lazy as _
from drf_spectacular.utils import extend_schema_field
from rest_framework import serializers

from appointments.forms.answers import LATE_MINUTES
from appointments.forms.desk import BACK, REASON_LIMIT
from appointments.models import Appointment
from clinic.people.api.serializers import BirthDateField, PhoneField
from clinic.people.models import Doctor, Patient

from .appointments import PatientRefSerializer
from .finding import DoctorRefSerializer, SlotSerializer


class PatientQuerySerializer(serializers.Serializer):
    q = serializers.CharField(max_length=120, required=False, default="")


class PatientSerializer(serializers.ModelSerializer):
    """A patient as the desk knows them: nothing of their health."""

    has_account = serializers.SerializerMethodField()

    class Meta:
        model = Patient
        fields = ("uid", "given_name", "family_name", "birth_date", "phone", "has_account")

    def get_has_account(self, patient: Patient) -> bool:
        return patient.user_id is not None


class NewPatientSerializer(serializers.ModelSerializer):
    """`is_new` says that it is nobody of those in the books who are alike."""

    birth_date = BirthDateField()
    phone = PhoneField(default="")
    is_new = serializers.BooleanField(default=False)

    class Meta:
        model = Patient
        fields = ("given_name", "family_name", "birth_date", "phone", "is_new")

    def refuse_alike(self) -> None:
        """Raise unless nobody in the books is alike, or it was said that it is nobody of them."""
        facts = self.validated_data
        same = {name: facts[name] for name in ("given_name", "family_name", "birth_date", "phone")}
        alike = [] if facts["is_new"] else list(Patient.objects.alike(**same)[:5])
        if alike:
            named = [f"{each.name}, {each.birth_date} ({each.uid})" for each in alike]
            raise serializers.ValidationError({"is_new": named})

    def enter(self) -> Patient:
        self.refuse_alike()
        return Patient.objects.create(
            **{name: value for name, value in self.validated_data.items() if name != "is_new"}
        )


class OfferClaimSerializer(serializers.Serializer):
    email = serializers.EmailField(required=False, allow_blank=True, default="")


class MadeClaimSerializer(serializers.Serializer):
    code = serializers.CharField()


class HandOverQuerySerializer(serializers.Serializer):
    doctor = serializers.SlugField()
    day = serializers.DateField(required=False)


class HandOverRowSerializer(serializers.ModelSerializer):
    """One appointment of the day: colleagues who are free then, and the doctor's next free times."""

    start = serializers.DateTimeField(source="starts_at")
    end = serializers.DateTimeField(source="ends_at")
    patient = PatientRefSerializer()
    colleagues = serializers.SerializerMethodField()
    later_times = serializers.SerializerMethodField()

    class Meta:
        model = Appointment
        fields = ("reference", "patient", "start", "end", "colleagues", "later_times")

    @extend_schema_field(DoctorRefSerializer(many=True))
    def get_colleagues(self, appointment: Appointment) -> Any:
        return DoctorRefSerializer(self.context["day"].free_colleagues(appointment), many=True).data

    @extend_schema_field(SlotSerializer(many=True))
    def get_later_times(self, appointment: Appointment) -> Any:
        return SlotSerializer(self.context["day"].later_times, many=True).data


class ColleagueSerializer(serializers.Serializer):
    """The doctor who takes it, by the name in addresses."""

    doctor = serializers.SlugField()


class LateSerializer(serializers.Serializer):
    minutes = serializers.ChoiceField(choices=LATE_MINUTES)


class ToldSerializer(serializers.Serializer):
    told = serializers.IntegerField(help_text="How many patients are told.")


class OwnTimeSerializer(serializers.Serializer):
    """The context names the `doctors` and `patients` whom the caller may choose."""

    patient = serializers.SlugRelatedField(slug_field="uid", queryset=Patient.objects.none())
    doctor = serializers.SlugRelatedField(slug_field="slug", queryset=Doctor.objects.none())
    start = serializers.DateTimeField()
    end = serializers.DateTimeField()
    reason_category = serializers.ChoiceField(choices=Appointment.Reason.choices, default=Appointment.Reason.OTHER)
    because = serializers.CharField(max_length=REASON_LIMIT, required=False, allow_blank=True, default="")

    def get_fields(self) -> dict[str, serializers.Field]:
        fields: Any = super().get_fields()
        for name in ("patient", "doctor"):
            fields[name].queryset = self.context.get(f"{name}s", fields[name].queryset)
        return fields

    def validate_start(self, start: Any) -> Any:
        if start < timezone.now() - BACK:
            raise serializers.ValidationError(_("Choose a day in the last month or the coming year"))
        return start

    def validate(self, facts: dict[str, Any]) -> dict[str, Any]:
        if facts["end"] <= facts["start"]:
            raise serializers.ValidationError({"end": _("The end must come after the start.")})
        return facts
