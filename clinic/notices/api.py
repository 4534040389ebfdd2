"""A person's notices, for programs."""

from typing import Any

from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext_lazy as _
from drf_spectacular.utils import extend_schema
from rest_framework import serializers
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.views import APIView
from rest_framework.viewsets import GenericViewSet

from clinic.api import CursorPages
from clinic.api_edits import IF_MATCH, refuse_unless_seen, tag_of
from clinic.people.api.serializers import PhoneField
from clinic.people.models import User
from clinic.people.models.tokens import Area

from .channels import CHANNELS
from .choices import Kind
from .live import tell_pages
from .models import Notice, Preference
from .models.notices import NoticeQuerySet
from .preferring import choices_of, set_phone
from .words import words_of


class NoticeSerializer(serializers.ModelSerializer):
    """`url` is the page that it is about; times inside `title` and `text` are in the caller's zone, which they name."""

    title = serializers.SerializerMethodField()
    text = serializers.SerializerMethodField()
    url = serializers.CharField(source="get_absolute_url", read_only=True)
    appointment = serializers.CharField(source="appointment.reference", default=None, allow_null=True, read_only=True)

    class Meta:
        model = Notice
        fields = ("uid", "kind", "title", "text", "appointment", "url", "at", "read_at")

    def get_title(self, notice: Notice) -> str:
        return words_of(notice).title

    def get_text(self, notice: Notice) -> str:
        return words_of(notice).text


class ReadAllSerializer(serializers.Serializer):
    marked = serializers.IntegerField(help_text="How many were new.")


class ChoiceSerializer(serializers.Serializer):
    """Whether a kind of notice comes on a channel."""

    kind = serializers.ChoiceField(choices=Kind.choices)
    channel = serializers.ChoiceField(choices=list(CHANNELS))
    is_on = serializers.BooleanField()


class PreferencesSerializer(serializers.Serializer):
    """The number for text messages, and what can be switched. In a change, `choices` has what changes."""

    phone = PhoneField()
    choices: Any = serializers.ListSerializer(child=ChoiceSerializer(), required=False, max_length=200)

    def validate_choices(self, wanted: list[dict[str, Any]]) -> list[dict[str, Any]]:
        possible = choices_of(self.context["request"].user)
        if any((each["kind"], each["channel"]) not in possible for each in wanted):
            raise serializers.ValidationError(_("Some of this cannot be switched. Read what can."))
        return wanted


class UnreadSerializer(serializers.Serializer):
    unread = serializers.IntegerField()


class NoticePages(CursorPages):
    ordering = ("-at", "-pk")


class NoticeViewSet(GenericViewSet):
    """The caller's own."""

    request: Any
    area = Area.ACCOUNT
    serializer_class = NoticeSerializer
    pagination_class = NoticePages

    def get_queryset(self) -> NoticeQuerySet:
        return Notice.objects.visible_to(self.request.user).with_subjects()

    def list(self, request: Request) -> Response:
        """The caller's notices, newest first."""
        page = self.paginate_queryset(self.get_queryset())
        return self.get_paginated_response(self.get_serializer(page, many=True).data)

    @extend_schema(request=None, responses=ReadAllSerializer)
    def read(self, request: Request) -> Response:
        """Mark all of the caller's notices as read."""
        marked = self.get_queryset().mark_read(at=timezone.now())
        tell_pages([self.request.user.pk])
        return Response({"marked": marked})

    @extend_schema(responses=UnreadSerializer)
    def unread(self, request: Request) -> Response:
        """How many are new."""
        return Response({"unread": Notice.objects.visible_to(request.user).filter(read_at=None).count()})


class PreferencesView(APIView):
    """What the caller hears of, and how."""

    area = Area.ACCOUNT

    @extend_schema(responses=PreferencesSerializer)
    def get(self, request: Request) -> Response:
        """What can be switched, and whether it is on."""
        shown = self.shown(request.user)
        return Response(shown, headers={"ETag": tag_of(shown)})

    @extend_schema(request=PreferencesSerializer, responses=PreferencesSerializer, parameters=[IF_MATCH])
    @transaction.atomic
    def patch(self, request: Any) -> Response:
        """What the body leaves out stays as it is."""
        user = User.objects.select_for_update().get(pk=request.user.pk)
        refuse_unless_seen(request, tag_of(self.shown(user)))
        body = PreferencesSerializer(data=request.data, context={"request": request})
        body.is_valid(raise_exception=True)
        if "phone" in body.validated_data:
            set_phone(user, body.validated_data["phone"])
        for each in body.validated_data.get("choices", []):
            Preference.objects.choose(user, each["kind"], each["channel"], is_on=each["is_on"])
        return self.get(request)

    def shown(self, user: Any) -> dict[str, Any]:
        choices = [
            {"kind": kind, "channel": channel, "is_on": is_on} for (kind, channel), is_on in choices_of(user).items()
        ]
        return {"phone": User.objects.get(pk=user.pk).phone, "choices": choices}
