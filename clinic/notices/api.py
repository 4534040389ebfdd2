"""A person's notices, for programs."""

from typing import Any

from django.utils import timezone
from drf_spectacular.utils import extend_schema
from rest_framework import serializers
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.viewsets import GenericViewSet

from clinic.api import CursorPages
from clinic.people.models.tokens import Area

from .live import tell_pages
from .models import Notice
from .models.notices import NoticeQuerySet
from .words import words_of


class NoticeSerializer(serializers.ModelSerializer):
    """`url` is the page that it is about; times inside `title` and `text` are in the caller's zone, which they name."""

    title = serializers.SerializerMethodField()
    text = serializers.SerializerMethodField()
    url = serializers.CharField(source="get_absolute_url", read_only=True)
    appointment = serializers.CharField(source="appointment.reference", read_only=True)

    class Meta:
        model = Notice
        fields = ("uid", "kind", "title", "text", "appointment", "url", "at", "read_at")

    def get_title(self, notice: Notice) -> str:
        return words_of(notice).title

    def get_text(self, notice: Notice) -> str:
        return words_of(notice).text


class ReadAllSerializer(serializers.Serializer):
    marked = serializers.IntegerField(help_text="How many were new.")


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
