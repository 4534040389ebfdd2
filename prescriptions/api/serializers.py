"""How prescriptions read, and what programs may send."""

from typing import Any

from django.utils.translation import gettext_lazy as _
from rest_framework import serializers

from clinic.people.api.serializers import BirthDateField
from prescriptions.forms import MedicineForm
from prescriptions.models import Medicine, Prescription
from prescriptions.models.matches import ALLERGY, MEDICINE
from prescriptions.models.medicine import MEDICINE_LIMIT
from prescriptions.validators import no_hidden_characters, validate_brand

MATCH_KINDS = [ALLERGY, MEDICINE]


class MedicineSerializer(serializers.ModelSerializer):
    class Meta:
        model = Medicine
        fields = MedicineForm.Meta.fields

    def validate(self, row: dict[str, Any]) -> dict[str, Any]:
        validate_brand(row.get("brand", ""), row.get("brand_reason", ""))
        return row


class PrescriptionSerializer(serializers.ModelSerializer):
    """`version` counts the changes, from 0. A PUT names the one that was read, in the body or in If-Match."""

    medicines: Any = serializers.ListSerializer(
        child=MedicineSerializer(),
        min_length=1,
        max_length=MEDICINE_LIMIT,
        error_messages={"min_length": _("Add at least one medicine")},
    )
    version = serializers.IntegerField(default=0, min_value=0, max_value=2**31 - 1)
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

    version = serializers.IntegerField(required=False, min_value=0, max_value=2**31 - 1)
    record_seen = serializers.CharField(
        required=False, max_length=64, help_text="From the check: refused with 409 if the record has changed since."
    )
    reviewed = serializers.BooleanField(default=False)
    match_reason = serializers.CharField(
        default="", allow_blank=True, max_length=500, validators=[no_hidden_characters]
    )


class RevokeSerializer(serializers.ModelSerializer):
    class Meta:
        model = Prescription
        fields = ("revoke_reason",)
        extra_kwargs = {"revoke_reason": {"required": True, "allow_blank": False}}


class MatchSerializer(serializers.Serializer):
    """A name on the prescription that is like one on the record; finding none says nothing about allergies."""

    medicine = serializers.CharField()
    kind = serializers.ChoiceField(choices=MATCH_KINDS)
    name = serializers.CharField()


class RecordedSerializer(serializers.Serializer):
    """What is on the patient's record."""

    name = serializers.CharField()
    detail = serializers.CharField()


class CheckSerializer(serializers.Serializer):
    """What the doctor goes through before the issue. With `matches`, issuing needs a `match_reason`."""

    version = serializers.IntegerField()
    record_seen = serializers.CharField(help_text="Tells one state of the allergies and medicines from another.")
    matches = MatchSerializer(many=True)
    allergies = RecordedSerializer(many=True)
    medicines_taken = RecordedSerializer(many=True)


class VerifySerializer(serializers.ModelSerializer):
    """What everybody with the code may know: nothing of what is on it, and whom to ask."""

    doctor = serializers.CharField(source="doctor.name")
    register = serializers.CharField(source="doctor.register")
    number = serializers.CharField(source="doctor.number", help_text="The doctor's, in that register.")
    clinic = serializers.CharField(source="appointment.clinic.name")
    phone = serializers.CharField(source="appointment.clinic.phone", help_text="The clinic's.")
    email = serializers.CharField(source="appointment.clinic.email", help_text="The clinic's.")
    may_be_dispensed = serializers.SerializerMethodField()

    class Meta:
        model = Prescription
        fields = (
            *("status", "may_be_dispensed", "doctor", "register", "number", "clinic", "phone", "email"),
            *("issued_at", "valid_until", "revoked_at"),
        )

    def get_may_be_dispensed(self, prescription: Prescription) -> bool:
        """Issued, not revoked, not too old."""
        return prescription.is_valid(self.context["at"])


class DispensedSerializer(serializers.Serializer):
    patient = serializers.CharField(source="patient.name")
    medicines = MedicineSerializer(source="medicines.all", many=True)


class BirthSerializer(serializers.Serializer):
    """The patient's date of birth, which opens the medicines; five wrong ones a day."""

    birth_date = BirthDateField()


class SealSerializer(serializers.Serializer):
    """What stands in the square code's address after the #."""

    seal = serializers.CharField(max_length=500)


class GenuineSerializer(serializers.Serializer):
    genuine = serializers.BooleanField()
