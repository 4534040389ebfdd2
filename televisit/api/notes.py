"""The notes of a visit: read by who may, written by its doctor."""

from typing import Any

from django.core.exceptions import PermissionDenied
from django.shortcuts import get_object_or_404
from django.utils import timezone
from drf_spectacular.utils import extend_schema
from rest_framework import status
from rest_framework.decorators import action
from rest_framework.response import Response

from clinic.api_edits import IF_MATCH, seen_by, with_version
from clinic.audit.models import AuditEntry
from clinic.people.models.tokens import Area
from televisit.errors import NoteChangedElsewhere
from televisit.models import Note, Visit

from .base import VisitCalls
from .serializers import NoteSerializer, NoteWriteSerializer, ShareSerializer

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

    @extend_schema(
        request=NoteWriteSerializer, responses={200: NoteSerializer, 201: NoteSerializer}, parameters=[IF_MATCH]
    )
    @notes.mapping.post
    def write_note(self, request: Any, session_id: str) -> Response:
        """Write the note, or with `addendum` what is added to it.

        If it was changed meanwhile: 412 where If-Match named what was read, 409 where the body did.
        """
        visit = self.get_own()
        body = NoteWriteSerializer(data=with_version(request))
        body.is_valid(raise_exception=True)
        with seen_by(request, NoteChangedElsewhere):
            note = self.write(visit, body.validated_data)
        is_new = note.version == 1
        self.put_on_record(Action.CREATED if is_new else Action.CHANGED, visit, note)
        code = status.HTTP_201_CREATED if is_new else status.HTTP_200_OK
        return Response(NoteSerializer(note).data, status=code, headers={"ETag": f'"{note.version}"'})

    @extend_schema(request=ShareSerializer, responses=NoteSerializer)
    @action(detail=True, methods=["post"], url_path="notes/share", area=Area.RECORD)
    def share_note(self, request: Any, session_id: str) -> Response:
        """Let the patient's side read the signed note and its addenda, or take it back."""
        visit = self.get_own()
        note = get_object_or_404(visit.notes.filter(author=visit.host, addendum_to=None))
        body = ShareSerializer(data=request.data)
        body.is_valid(raise_exception=True)
        if body.validated_data["shared"]:
            note.share(at=timezone.now())
        else:
            note.keep_private()
        self.put_on_record(Action.CHANGED, visit, note)
        return Response(NoteSerializer(note).data)

    def write(self, visit: Visit, facts: dict[str, Any]) -> Note:
        own = visit.notes.filter(author=visit.host, addendum_to=None)
        to = get_object_or_404(own) if facts["addendum"] else None
        sign_at = timezone.now() if facts["sign"] else None
        return Note.objects.write(visit, visit.host, facts["text"], version=facts["version"], to=to, sign_at=sign_at)

    def put_on_record(self, action: str, visit: Visit, subject: Note | Visit) -> None:
        facts: dict[str, Any] = {"by": self.request.user, "request": self.request, "patient": visit.appointment.patient}
        AuditEntry.objects.record(action, subject, **facts)
