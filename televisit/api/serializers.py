"""How visits, their people and their notes look to programs, and what programs may send."""

from collections.abc import Collection
from typing import Any

from django.utils.translation import gettext_lazy as _
from rest_framework import serializers

from clinic.people.permissions import works_at_desk
from televisit.forms import DoorForm, refuse_unreachable
from televisit.models import Attendance, IdentityHow, Invitation, Note, Participant, Visit, VisitEvent
from televisit.models.choices import Role
from televisit.permissions import can_run
from televisit.tokens import join_token

GUEST_ROLES = [(role.value, role.label) for role in (Role.RELATIVE, Role.INTERPRETER, Role.PATIENT)]


class VisitSerializer(serializers.ModelSerializer):
    """The tokens are for their owners only, null for everybody else."""

    session_id = serializers.CharField(source="uid", read_only=True)
    appointment_id = serializers.CharField(source="appointment.reference", read_only=True)
    patient_token = serializers.SerializerMethodField()
    doctor_token = serializers.SerializerMethodField()

    class Meta:
        model = Visit
        fields = (
            "session_id",
            "appointment_id",
            "code",
            "provider",
            "patient_token",
            "doctor_token",
            "status",
            "started_at",
            "ended_at",
            "opens_at",
            "expires_at",
            "created_at",
            "updated_at",
        )

    def get_doctor_token(self, visit: Visit) -> str | None:
        user = self.context["request"].user
        return join_token(visit, user, "doctor") if can_run(user, visit) else None

    def get_patient_token(self, visit: Visit) -> str | None:
        """Who sees a visit and is neither its doctor nor staff comes as its patient, or for the patient."""
        user = self.context["request"].user
        patient = visit.appointment.patient
        is_patient = patient is not None and patient.user_id == user.pk
        if can_run(user, visit) or (works_at_desk(user) and not is_patient):
            return None
        return join_token(visit, user, "patient")


class AttendanceSerializer(serializers.ModelSerializer):
    class Meta:
        model = Attendance
        fields = ("joined_at", "left_at", "trustworthy")


class ParticipantSerializer(serializers.ModelSerializer):
    attendances = AttendanceSerializer(many=True, read_only=True)

    class Meta:
        model = Participant
        fields = ("uid", "role", "name", "waiting_since", "admitted_at", "removed_at", "attendances")


class VisitEventSerializer(serializers.ModelSerializer):
    participant = serializers.CharField(source="participant.uid", default=None, allow_null=True, read_only=True)
    invitation = serializers.CharField(source="invitation.uid", default=None, allow_null=True, read_only=True)
    actor = serializers.CharField(source="actor.full_name", default=None, allow_null=True, read_only=True)

    class Meta:
        model = VisitEvent
        fields = ("kind", "participant", "invitation", "actor", "note", "at")


class ScheduleSerializer(serializers.Serializer):
    """Either the `appointment` that the visit belongs to, or `instant`, perhaps with the `patient` who comes."""

    appointment = serializers.CharField(max_length=20, required=False)
    instant = serializers.BooleanField(default=False)
    patient = serializers.CharField(max_length=16, required=False)

    def validate(self, attrs: dict[str, Any]) -> dict[str, Any]:
        if ("appointment" in attrs) == attrs["instant"]:
            raise serializers.ValidationError({"appointment": [_("Name an appointment, or ask for an instant visit")]})
        return attrs


class DoorSerializer(serializers.Serializer):
    """Where the person is and the number to call if cut off: asked of the patient's side at the first coming.

    `consent`: they agree to be treated over video, which is kept. Nobody of the patient's side comes in without it, now
    or in a visit before.
    """

    place = serializers.CharField(max_length=200, required=False)
    callback = serializers.CharField(
        max_length=32, required=False, validators=DoorForm.base_fields["callback"].validators
    )
    consent = serializers.BooleanField(default=False)

    def said(self) -> dict[str, Any]:
        """What was said, as a seat keeps it."""
        facts = self.validated_data
        return {"agrees": facts["consent"], **{name: facts[name] for name in ("place", "callback") if name in facts}}


class JoinSerializer(serializers.Serializer):
    """How the caller joins. For the kinds webrtc and waiting, `url` is the socket and `token` goes into its hello.

    Other kinds are rooms of a video service; the socket stays open beside them, and says when it is over.
    """

    provider = serializers.CharField()
    kind = serializers.CharField()
    url = serializers.URLField()
    token = serializers.CharField()
    ice_servers = serializers.ListField(child=serializers.DictField())
    expires_at = serializers.DateTimeField()


class CodeSerializer(serializers.ModelSerializer):
    """What a code tells everybody: nothing of the patient."""

    clinic = serializers.CharField(source="clinic.name")
    doctor = serializers.CharField(source="host.name")

    class Meta:
        model = Visit
        fields = ("clinic", "doctor", "opens_at", "status")


class MinutesSerializer(serializers.Serializer):
    minutes = serializers.IntegerField(min_value=1, max_value=600)


class TogetherSerializer(serializers.Serializer):
    start = serializers.DateTimeField()
    end = serializers.DateTimeField()


class BillingSerializer(serializers.Serializer):
    """`together` is when doctor and patient were both in the room. Minutes are whole ones; `minutes` has both kinds."""

    together = TogetherSerializer(many=True)
    video_seconds = serializers.IntegerField()
    video_minutes = serializers.IntegerField()
    phone_minutes = serializers.IntegerField()
    minutes = serializers.IntegerField()
    is_exact = serializers.BooleanField()


class NoteSerializer(serializers.ModelSerializer):
    id = serializers.CharField(source="uid", read_only=True)
    author = serializers.CharField(source="author.name", read_only=True)
    addendum_to: Any = serializers.SlugRelatedField(slug_field="uid", read_only=True)

    class Meta:
        model = Note
        fields = (
            "id",
            "author",
            "text",
            "version",
            "addendum_to",
            "signed_at",
            "shared_at",
            "created_at",
            "updated_at",
        )


class NoteWriteSerializer(serializers.Serializer):
    """`version` is the save that the caller has read, 0 for a new note; the header If-Match may say it instead.

    Once the note is signed, `addendum` must be true: the text is added to it, and signed on its own.
    """

    text = serializers.CharField(max_length=20_000, allow_blank=True, trim_whitespace=False)
    version = serializers.IntegerField(min_value=0, max_value=2**31 - 1, default=0)
    addendum = serializers.BooleanField(default=False)
    sign = serializers.BooleanField(default=False)


class ShareSerializer(serializers.Serializer):
    """Whether the patient's side reads the note."""

    shared = serializers.BooleanField()


class IdentitySerializer(serializers.Serializer):
    """How the doctor made sure who it is, or the reason to go on without."""

    how = serializers.ChoiceField(choices=IdentityHow.choices, required=False, default="")
    skipped = serializers.CharField(max_length=200, required=False, allow_blank=True, default="")

    def validate(self, facts: dict[str, Any]) -> dict[str, Any]:
        if not facts["how"] and not facts["skipped"].strip():
            raise serializers.ValidationError({"how": [_("Say how it was confirmed, or why you go on without")]})
        return facts


def refuse_other_roles(role: str, roles: Collection[str]) -> str:
    """`role`; raises ValidationError where it is none of `roles`."""
    if role not in roles:
        raise serializers.ValidationError(_("Nobody can come as this here"))
    return role


class InvitationSerializer(serializers.ModelSerializer):
    """The context names the `roles` that the caller may choose from.

    Without an `address` the caller passes the link on: only the answer that makes the invitation has its `url`.
    """

    id = serializers.CharField(source="uid", read_only=True)
    role = serializers.ChoiceField(choices=GUEST_ROLES)
    name = serializers.CharField(max_length=160)
    address = serializers.CharField(max_length=254, required=False, validators=[refuse_unreachable])

    class Meta:
        model = Invitation
        fields: tuple[str, ...] = (
            "id",
            "role",
            "name",
            "address",
            "not_before",
            "valid_until",
            "used_at",
            "revoked_at",
            "created_at",
        )
        read_only_fields = ("not_before", "valid_until", "used_at", "revoked_at", "created_at")

    def validate_role(self, role: str) -> str:
        return refuse_other_roles(role, self.context["roles"])


class MadeInvitationSerializer(InvitationSerializer):
    """The context names the `request` that made it, as Invitation.renew_link() knows it."""

    url = serializers.SerializerMethodField()

    class Meta(InvitationSerializer.Meta):
        fields = (*InvitationSerializer.Meta.fields, "url")

    def get_url(self, invitation: Invitation) -> str | None:
        """The link, for this request and its retries only; null where it is sent, or was renewed since."""
        return None if invitation.address else invitation.link_given_to(self.context["request"])


class GuestSerializer(DoorSerializer):
    """The context names the `roles` that the caller may choose from."""

    name = serializers.CharField(max_length=160)
    role = serializers.ChoiceField(choices=GUEST_ROLES)

    def validate_role(self, role: str) -> str:
        return refuse_other_roles(role, self.context["roles"])
