"""The files of a record, and of a visit."""

from functools import cached_property
from hashlib import sha256
from typing import Any

from django.core.exceptions import PermissionDenied
from django.http import HttpResponse
from django.shortcuts import get_object_or_404
from drf_spectacular.types import OpenApiTypes
from drf_spectacular.utils import extend_schema
from rest_framework import serializers
from rest_framework.generics import ListCreateAPIView
from rest_framework.parsers import MultiPartParser
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.views import APIView

from clinic.api import IDEMPOTENCY_KEY, CursorPages, key_of
from clinic.idempotency import once
from clinic.people.models import Chart, Patient
from clinic.people.models.charts import ChartQuerySet
from clinic.people.models.tokens import Area
from clinic.people.uploads import ChartField
from clinic.record.access import OpenedChart, OpenedRecord
from clinic.record.audit import Action
from clinic.record.permissions import can_delete_chart, open_to
from clinic.record.views.charts import file_response
from televisit.models import Visit, VisitChart

KINDS = ("application/pdf", "image/jpeg", "image/png")


class ChartSerializer(serializers.ModelSerializer):
    """A file: sent as `file` in a multipart form, described in answers, downloaded from `charts/<id>/`."""

    id = serializers.CharField(source="uid", read_only=True)
    title = serializers.CharField(max_length=120, required=False, allow_blank=True)
    file = serializers.FileField(write_only=True)

    class Meta:
        model = Chart
        fields = ("id", "title", "file", "content_type", "size", "sha256", "uploaded_at")
        read_only_fields = ("content_type", "size", "sha256", "uploaded_at")

    def validate_file(self, upload: Any) -> Any:
        """The same rules as in the browser: type by content, size, harmless name."""
        return ChartField().clean(upload)


class ChartDeleteSerializer(serializers.Serializer):
    reason = serializers.CharField(max_length=300)


class ChartPages(CursorPages):
    ordering = ("-uploaded_at", "-pk")


class ChartListView(OpenedRecord, ListCreateAPIView):
    """The patient's files, latest first."""

    area = Area.RECORD
    serializer_class = ChartSerializer
    pagination_class = ChartPages
    parser_classes = [MultiPartParser]
    queryset = Chart.objects.none()  # for the API's document; requests see get_queryset

    def get_queryset(self) -> ChartQuerySet:
        return self.patient.charts.current()

    def list(self, request: Request, *args: Any, **kwargs: Any) -> Response:
        self.note(Action.READ)
        return super().list(request, *args, **kwargs)

    @extend_schema(parameters=[IDEMPOTENCY_KEY])
    def post(self, request: Request, *args: Any, **kwargs: Any) -> Response:
        """Add a file: PDF, JPEG or PNG, up to 20 MB."""
        patient = self.patient
        body = self.get_serializer(data=request.data)
        body.is_valid(raise_exception=True)
        upload = body.validated_data["file"]
        content, title = upload.read(), body.validated_data.get("title") or upload.name
        uid = once(
            lambda: self.keep(content, title=title, content_type=upload.content_type).uid,
            user=request.user,
            key=key_of(request),
            body=[patient.uid, request.path, title, sha256(content).hexdigest()],
        )
        return Response(self.get_serializer(Chart.objects.get(uid=uid)).data, status=201)

    def keep(self, content: bytes, **facts: str) -> Chart:
        chart = self.store(content, by=self.request.user, at=self.at, **facts)
        self.note(Action.CREATED, chart)
        return chart

    def store(self, content: bytes, **facts: Any) -> Chart:
        return Chart.objects.keep(content, patient=self.patient, **facts)


class VisitChartListView(ChartListView):
    """The files that were brought to a visit, for its doctor and the patient's side."""

    @cached_property
    def visit(self) -> Visit:
        visits = Visit.objects.visible_to(self.request.user).with_parties()
        return get_object_or_404(visits, uid=self.kwargs["session_id"])

    @cached_property
    def patient(self) -> Patient:
        """Who knows of the visit and may not read the record, as staff, gets a 403."""
        patient = self.visit.appointment.patient
        if patient is None or not open_to(self.request.user, self.at).filter(pk=patient.pk).exists():
            raise PermissionDenied
        return patient

    def get_queryset(self) -> ChartQuerySet:
        return self.patient.charts.current().filter(visit_chart__visit=self.visit)

    def store(self, content: bytes, **facts: Any) -> Chart:
        return VisitChart.objects.bring(content, visit=self.visit, patient=self.patient, **facts)


class ChartView(OpenedChart, APIView):
    area = Area.RECORD

    @extend_schema(responses={(200, kind): OpenApiTypes.BINARY for kind in KINDS})
    def get(self, request: Request, uid: str) -> HttpResponse:
        """The file itself. Goes on record."""
        response = file_response(self.chart, as_attachment=True)
        self.note(Action.DOWNLOADED, self.chart)
        return response

    @extend_schema(request=ChartDeleteSerializer, responses={204: None})
    def delete(self, request: Request, uid: str) -> Response:
        """Take the file out of the record, with a reason."""
        if not can_delete_chart(request.user, self.chart, self.at):
            raise PermissionDenied
        body = ChartDeleteSerializer(data=request.data)
        body.is_valid(raise_exception=True)
        self.chart.delete_for(body.validated_data["reason"], by=self.request.user, at=self.at)
        self.note(Action.CHANGED, self.chart)
        return Response(status=204)
