"""What every call about a visit starts from."""

from typing import Any

from django.core.exceptions import PermissionDenied
from django.shortcuts import get_object_or_404
from rest_framework import status
from rest_framework.response import Response
from rest_framework.viewsets import GenericViewSet

from clinic.people.models.tokens import Area
from televisit.models import Participant, Visit
from televisit.permissions import can_read_history, can_run

from .serializers import VisitSerializer


class VisitCalls(GenericViewSet):
    """Calls about one visit, `session_id` in the address; what the caller may not know of is a 404."""

    area = Area.VISITS
    serializer_class = VisitSerializer
    lookup_field = "uid"
    lookup_url_kwarg = "session_id"

    def get_queryset(self) -> Any:
        return Visit.objects.visible_to(self.request.user).with_parties()

    def get_own(self) -> Visit:
        """The visit, for the doctor who holds it."""
        visit = self.get_object()
        if not can_run(self.request.user, visit):
            raise PermissionDenied
        return visit

    def get_with_history(self) -> Visit:
        """The visit, for who may read what happened in it."""
        visit = self.get_object()
        if not can_read_history(self.request.user, visit):
            raise PermissionDenied
        return visit

    def get_seat(self, uid: str) -> Participant:
        visit = self.get_own()
        seat = get_object_or_404(visit.participants, uid=uid)
        seat.visit = visit
        return seat

    def answer(self, visit: Visit, status: int = status.HTTP_200_OK) -> Response:
        return Response(self.get_serializer(visit).data, status=status)
