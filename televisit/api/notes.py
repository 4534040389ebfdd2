"""The notes of a visit: read by who may, written by its doctor."""

from typing import Any

from django.core.exceptions import PermissionDenied
from django.shortcuts import get_object_or_404
from django.utils import timezone
from drf_spectacular.utils import OpenApiParameter, extend_schema
from rest_framework import status
from rest_framework.decorators import action
from rest_framework.response import Response

from clinic.audit.models import AuditEntry
from clinic.people.models.tokens import Area
from televisit.models import Note, Visit

from .base import VisitCalls
from .serializers import NoteSerializer, NoteWriteSerializer

IF_MATCH = OpenApiParameter("If-Match", str, OpenApiParameter.HEADER)
Action = AuditEntry.Action


class NoteCalls(VisitCalls):
    @extend_schema(responses=NoteSerializer(many=True), filters=False)
    @action(detail=True, pagination_class=None, area=Area.RECORD)
    def notes(self, request: Any, session_id: str) -> Response:
        """All for the doctor, what is shared for the patient's side; staff may not. Goes on record."""
        visit = self.get_object()
        role = visit.role_of(request.user, timezone.now())
        if role is None:
            raise PermissionDenied
        notes = Note.objects.for_role(visit, role).select_related("author__user", "addendum_to")
        self.put_on_record(Action.READ, visit, visit)
        return Response(NoteSerializer(notes, many=True).data)

    @extend_schema(request=NoteWriteSerializer, responses=NoteSerializer, parameters=[IF_MATCH])
    @notes.mapping.post
    def write_note(self, request: Any, session_id: str) -> Response:
        """Write the note, or with `addendum` what is added to it; 409 if it was changed meanwhile."""
        visit = self.get_own()
        note = self.write(visit, self.note_body().validated_data)
        is_new = note.version == 1
        self.put_on_record(Action.CREATED if is_new else Action.CHANGED, visit, note)
        code = status.HTTP_201_CREATED if is_new else status.HTTP_200_OK
        return Response(NoteSerializer(note).data, status=code, headers={"ETag": f'"{note.version}"'})

    def note_body(self) -> NoteWriteSerializer:
        """What was sent; the version in If-Match counts more than one in the body."""
        data: Any = self.request.data
        tag = self.request.headers.get("If-Match")
        if tag and isinstance(data, dict):
            data = {**data, "version": tag.removeprefix("W/").strip('"')}
        body = NoteWriteSerializer(data=data)
        body.is_valid(raise_exception=True)
        return body

    def write(self, visit: Visit, facts: dict[str, Any]) -> Note:
        own = visit.notes.filter(author=visit.host, addendum_to=None)
        to = get_object_or_404(own) if facts["addendum"] else None
        sign_at = timezone.now() if facts["sign"] else None
        return Note.objects.write(visit, visit.host, facts["text"], version=facts["version"], to=to, sign_at=sign_at)

    def put_on_record(self, action: str, visit: Visit, subject: Note | Visit) -> None:
        facts: dict[str, Any] = {"by": self.request.user, "request": self.request, "patient": visit.appointment.patient}
        AuditEntry.objects.record(action, subject, **facts)
