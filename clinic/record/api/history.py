"""Allergies, conditions, and medicines that are taken: read, added, struck out, confirmed."""

from functools import cached_property
from typing import Any

from django.core.exceptions import PermissionDenied
from django.shortcuts import get_object_or_404
from drf_spectacular.utils import OpenApiParameter, extend_schema
from rest_framework import status
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.views import APIView

from clinic.api import IDEMPOTENCY_KEY, key_of
from clinic.idempotency import once
from clinic.people.models import Patient
from clinic.people.models.history import HistoryEntry
from clinic.people.models.tokens import Area
from clinic.record.access import OpenedRecord
from clinic.record.audit import Action
from clinic.record.kinds import KINDS, Kind
from clinic.record.permissions import open_to

from .serializers import EntrySerializer, EntryWriteSerializer

KIND = OpenApiParameter("kind", str, OpenApiParameter.PATH, enum=list(KINDS))


class KindConverter:
    """The kinds of history in an address."""

    regex = "|".join(KINDS)

    def to_python(self, value: str) -> str:
        return value

    def to_url(self, value: str) -> str:
        return value


class OfKind(OpenedRecord):
    """A call about one kind of history."""

    area = Area.RECORD

    @property
    def kind(self) -> Kind:
        return KINDS[self.kwargs["kind"]]


class EntryListView(OfKind, APIView):
    @extend_schema(operation_id="history_list", parameters=[KIND], responses=EntrySerializer(many=True))
    def get(self, request: Request, uid: str, kind: str) -> Response:
        """What holds today. Goes on record."""
        self.note(Action.READ)
        return Response(EntrySerializer(self.record.section(kind).current, many=True).data)

    @extend_schema(
        operation_id="history_add",
        parameters=[KIND, IDEMPOTENCY_KEY],
        request=EntryWriteSerializer,
        responses={201: EntrySerializer},
    )
    def post(self, request: Request, uid: str, kind: str) -> Response:
        """Add a line: the patient's side as they say it, a doctor as confirmed."""
        patient, body = self.patient, EntryWriteSerializer(data=request.data)
        body.is_valid(raise_exception=True)
        words, names = body.validated_data, [patient.uid, kind]
        made = once(lambda: self.enter(words), user=request.user, key=key_of(request), body=[*names, words])
        entry = self.record.entries(kind).get(uid=made)
        return Response(EntrySerializer(entry).data, status=status.HTTP_201_CREATED)

    def enter(self, words: dict[str, Any]) -> str:
        facts: dict[str, Any] = {"by": self.request.user, "at": self.at, "doctor": self.doctor}
        entry = self.kind.model.objects.enter(self.patient, **facts, **words)
        self.note(Action.CREATED, entry)
        return entry.uid


class EntryView(OfKind, APIView):
    """One entry, `uid` in the address; of a record that is closed to the caller, a 404."""

    @cached_property
    def entry(self) -> HistoryEntry:
        readable = self.kind.model.objects.current().filter(patient__in=open_to(self.request.user, self.at))
        return get_object_or_404(readable.select_related("patient"), uid=self.kwargs["uid"])

    @cached_property
    def patient(self) -> Patient:
        return self.entry.patient

    @extend_schema(parameters=[KIND], request=None, responses={204: None})
    def delete(self, request: Request, kind: str, uid: str) -> Response:
        """Strike it out; it stays on record as what no longer holds."""
        self.entry.end(at=self.at)
        self.note(Action.CHANGED, self.entry)
        return Response(status=status.HTTP_204_NO_CONTENT)


class EntryConfirmView(EntryView):
    http_method_names = ["post", "options"]

    @extend_schema(parameters=[KIND], request=None, responses=EntrySerializer)
    def post(self, request: Request, kind: str, uid: str) -> Response:
        """A doctor confirms what the patient has entered."""
        entry = self.entry
        if self.doctor is None:
            raise PermissionDenied
        entry.confirm(by=self.doctor, at=self.at)
        self.note(Action.CHANGED, entry)
        return Response(EntrySerializer(entry).data)
