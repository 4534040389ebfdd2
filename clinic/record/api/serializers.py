"""How a record reads, and what programs may add to it."""

from typing import Any

from drf_spectacular.utils import extend_schema_field
from rest_framework import serializers

from appointments.models import Outcome
from clinic.record.models import Opening
from clinic.record.timeline import FILTERS, Happening
from clinic.record.unfinished import Unfinished
from televisit.api.serializers import NoteSerializer

from .charts import ChartSerializer


class EntrySerializer(serializers.Serializer):
    """A line of history that holds. `confirmed_by` is null until a doctor has checked it."""

    id = serializers.CharField(source="uid")
    name = serializers.CharField()
    detail = serializers.CharField()
    source = serializers.ChoiceField(choices=["patient", "doctor"])  # type: ignore[assignment]
    entered_at = serializers.DateTimeField()
    confirmed_by = serializers.CharField(allow_null=True)


class PastVisitSerializer(serializers.Serializer):
    reference = serializers.CharField()
    start = serializers.DateTimeField(source="starts_at")
    doctor = serializers.CharField()
    status = serializers.CharField()
    reason_category = serializers.CharField()


class GivenMedicineSerializer(serializers.Serializer):
    name = serializers.CharField()
    product = serializers.CharField()
    dosage = serializers.CharField()


class GivenPrescriptionSerializer(serializers.Serializer):
    reference = serializers.CharField()
    status = serializers.CharField()
    issued_at = serializers.DateTimeField()
    doctor = serializers.CharField()
    medicines = GivenMedicineSerializer(source="medicines.all", many=True)


class SummarySerializer(serializers.Serializer):
    """What a doctor has to know. Lists may be incomplete: an empty one does not say that there is nothing."""

    id = serializers.CharField(source="patient.uid")
    name = serializers.CharField(source="patient.name")
    birth_date = serializers.DateField(source="patient.birth_date")
    age = serializers.IntegerField()
    sex = serializers.CharField(source="patient.sex")
    language = serializers.CharField(source="patient.language")
    interpreter_needed = serializers.BooleanField(source="patient.interpreter_needed")
    needs = serializers.CharField(source="patient.needs")
    allergies = EntrySerializer(source="allergies.current", many=True)
    conditions = EntrySerializer(source="conditions.current", many=True)
    medicines = EntrySerializer(source="medicines.current", many=True)
    prescriptions = GivenPrescriptionSerializer(many=True)
    visits = PastVisitSerializer(many=True)


class EntryWriteSerializer(serializers.Serializer):
    """`name` is the allergy, condition or medicine; `detail` what happens, since when, or how it is taken."""

    name = serializers.CharField(max_length=200)
    detail = serializers.CharField(max_length=500, required=False, allow_blank=True, default="")


class OpeningSerializer(serializers.ModelSerializer):
    """Why a doctor opens a record that has closed; the patient reads it."""

    doctor = serializers.CharField(source="doctor.name", read_only=True)
    reason = serializers.CharField(max_length=500)

    class Meta:
        model = Opening
        fields = ("doctor", "reason", "at")
        read_only_fields = ("at",)


class LookSerializer(serializers.Serializer):
    """Who else looked into the record on a day."""

    day = serializers.DateField()
    name = serializers.SerializerMethodField()

    def get_name(self, look: Any) -> str:
        return " ".join(filter(None, (look["title"], look["given"], look["family"])))


class LooksSerializer(serializers.Serializer):
    """The last looks of others, and the last times that doctors opened the record after it had closed."""

    looks = LookSerializer(many=True)
    openings = OpeningSerializer(many=True)


class TimelineQuerySerializer(serializers.Serializer):
    show = serializers.ChoiceField(choices=[(each.slug, each.title) for each in FILTERS], required=False, default="")
    page = serializers.IntegerField(min_value=1, max_value=99_999, required=False, default=1)


HAPPENED = {
    "visit": PastVisitSerializer,
    "note": NoteSerializer,
    "prescription": GivenPrescriptionSerializer,
    "chart": ChartSerializer,
}


class HappeningSerializer(serializers.Serializer):
    """`kind` says what `thing` is: visit, note, prescription, chart, allergies, conditions or medicines."""

    kind = serializers.CharField()
    at = serializers.DateTimeField()
    thing = serializers.SerializerMethodField()

    @extend_schema_field({"type": "object", "additionalProperties": True})
    def get_thing(self, happening: Happening) -> Any:
        return HAPPENED.get(happening.kind, EntrySerializer)(happening.thing).data


class TimelineSerializer(serializers.Serializer):
    """A page of what happened, latest first; `older` and `newer` are numbers of pages."""

    results = HappeningSerializer(source="happenings", many=True)
    older = serializers.IntegerField(allow_null=True)
    newer = serializers.IntegerField(allow_null=True)


class AdviceSerializer(serializers.Serializer):
    text = serializers.CharField()
    seek_help = serializers.CharField()


class AftercareSerializer(serializers.Serializer):
    """What the patient takes home from one visit."""

    held_at = serializers.DateTimeField()
    outcome = serializers.ChoiceField(
        choices=Outcome.Kind.choices, source="outcome.kind", default=None, allow_null=True
    )
    advice = AdviceSerializer(allow_null=True)
    prescriptions = GivenPrescriptionSerializer(many=True)
    notes = NoteSerializer(many=True)
    charts = ChartSerializer(many=True)
    follow_up_on = serializers.DateField(allow_null=True)


class UnfinishedSerializer(serializers.Serializer):
    """What is open of one appointment."""

    appointment = serializers.CharField(source="appointment.reference")
    patient = serializers.CharField(source="appointment.patient.name", default=None, allow_null=True)
    begun_at = serializers.DateTimeField()
    unsigned_notes = serializers.SerializerMethodField()
    draft_prescription = serializers.CharField(source="draft.reference", default=None, allow_null=True)
    needs_outcome = serializers.BooleanField()

    def get_unsigned_notes(self, unfinished: Unfinished) -> int:
        return len(unfinished.notes)
