"""How people read, and what programs may send about themselves."""

from typing import Any

from django.core.exceptions import ValidationError as Invalid
from django.utils import timezone
from django.utils.translation import gettext_lazy as _
from drf_spectacular.utils import extend_schema_field
from rest_framework import serializers

from clinic.forms import OLDEST_BIRTH
from clinic.people.forms.fields import PhoneField as PhoneFormField
from clinic.people.languages import SPOKEN
from clinic.people.models import ApiToken, Clinic, Doctor, Patient, Representation, Specialty, User
from clinic.people.models.tokens import LONGEST, Scope
from clinic.time import validate_zone


class PhoneField(serializers.CharField):
    """A phone number with its country's prefix, as ``+351 912 345 678``; may be empty."""

    def __init__(self, **options: Any) -> None:
        super().__init__(**{"max_length": 32, "allow_blank": True, "required": False, **options})

    def to_internal_value(self, data: Any) -> str:
        try:
            return PhoneFormField(required=False).clean(super().to_internal_value(data))
        except Invalid as wrong:
            raise serializers.ValidationError(wrong.messages) from wrong


class BirthDateField(serializers.DateField):
    """A day of birth that can be: not to come, and since 1890."""

    def to_internal_value(self, value: Any) -> Any:
        day = super().to_internal_value(value)
        if not OLDEST_BIRTH <= day <= timezone.localdate():
            raise serializers.ValidationError(_("Enter a real date of birth, like 1954-03-27"))
        return day


class MeSerializer(serializers.ModelSerializer):
    """Who is signed in. `patient` is the uid of the own record, `doctor` the own name in addresses."""

    patient = serializers.CharField(source="patient.uid", default=None, allow_null=True, read_only=True)
    doctor = serializers.CharField(source="doctor.slug", default=None, allow_null=True, read_only=True)
    role = serializers.ChoiceField(choices=["patient", "doctor", "staff"], read_only=True)
    zone = serializers.CharField(max_length=64, required=False, allow_blank=True, validators=[validate_zone])

    class Meta:
        model = User
        fields = ("email", "given_name", "family_name", "role", "patient", "doctor", "zone", "theme", "phone")
        read_only_fields = ("email", "given_name", "family_name", "phone")


class OwnPatientSerializer(serializers.ModelSerializer):
    """The own patient's profile. Names and birth are said once, by POST; the clinic checks a change of them."""

    phone = PhoneField()
    birth_date = BirthDateField()
    language: Any = serializers.ChoiceField(choices=SPOKEN, required=False, allow_blank=True)
    needs = serializers.CharField(max_length=1000, required=False, allow_blank=True)

    class Meta:
        model = Patient
        fields = (
            "uid", "given_name", "family_name", "birth_date", "sex", "phone", "language", "interpreter_needed", "needs",
        )  # fmt: skip
        read_only_fields: tuple[str, ...] = ("uid", "sex")


class OwnPatientChangeSerializer(OwnPatientSerializer):
    class Meta(OwnPatientSerializer.Meta):
        read_only_fields = ("uid", "sex", "given_name", "family_name", "birth_date")

    birth_date: Any = serializers.DateField(read_only=True)


class OwnDoctorSerializer(serializers.ModelSerializer):
    """How the doctor can be booked. `slot_minutes` and buffers that are null are the clinic's."""

    clinic = serializers.CharField(source="clinic.slug", read_only=True)
    specialties: Any = serializers.SlugRelatedField(slug_field="slug", many=True, read_only=True)
    state = serializers.ChoiceField(choices=Doctor.State.choices, read_only=True)
    languages = serializers.ListField(child=serializers.ChoiceField(choices=SPOKEN), allow_empty=False, required=False)
    zone = serializers.CharField(max_length=64, required=False, validators=[validate_zone])

    class Meta:
        model = Doctor
        fields = (
            "slug", "name", "clinic", "specialties", "state", "register", "number", "region", "zone", "booking_mode",
            "slot_minutes", "buffer_before_minutes", "buffer_after_minutes", "about", "languages",
        )  # fmt: skip
        read_only_fields = ("slug", "register", "number", "region")


class RepresentationSerializer(serializers.ModelSerializer):
    """For whom the caller acts. It counts while its `state` is valid."""

    patient = serializers.CharField(source="patient.uid", read_only=True)
    name = serializers.CharField(source="patient.name", read_only=True)
    state = serializers.SerializerMethodField()

    class Meta:
        model = Representation
        fields = ("patient", "name", "relation", "state", "valid_from", "valid_until")

    @extend_schema_field(serializers.ChoiceField(choices=Representation.State.choices))
    def get_state(self, representation: Representation) -> str:
        return representation.state(timezone.now().date())


class TokenSerializer(serializers.ModelSerializer):
    """A token of one's own; its text is in the answer that makes it only."""

    id = serializers.CharField(source="uid", read_only=True)
    scopes = serializers.ListField(child=serializers.ChoiceField(choices=Scope.choices), allow_empty=False)

    class Meta:
        model = ApiToken
        fields: tuple[str, ...] = ("id", "name", "scopes", "created_at", "expires_at", "last_used_at")
        read_only_fields = ("created_at", "last_used_at")

    def validate_expires_at(self, ends: Any) -> Any:
        now = timezone.now()
        if not now < ends <= now + LONGEST:
            raise serializers.ValidationError(_("Choose an instant within the coming year"))
        return ends


class MadeTokenSerializer(TokenSerializer):
    token = serializers.CharField(read_only=True)

    class Meta(TokenSerializer.Meta):
        fields = (*TokenSerializer.Meta.fields, "token")


class ClaimSerializer(serializers.Serializer):
    """The code that the clinic gave, however it is typed, and the date of birth."""

    code = serializers.CharField(max_length=30)
    birth_date = BirthDateField()


class ClaimedSerializer(serializers.Serializer):
    patient = serializers.CharField(source="uid")


class ClinicSerializer(serializers.ModelSerializer):
    class Meta:
        model = Clinic
        fields = ("slug", "name", "zone", "phone", "email", "address")


class SpecialtySerializer(serializers.ModelSerializer):
    class Meta:
        model = Specialty
        fields = ("slug", "name")
