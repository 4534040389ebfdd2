from rest_framework.permissions import IsAuthenticated
from rest_framework.request import Request
from rest_framework.views import APIView

from clinic.people.permissions import practising_doctor


class IsPractisingDoctor(IsAuthenticated):
    """A doctor whom the clinic has approved and not suspended."""

    def has_permission(self, request: Request, view: APIView) -> bool:
        return super().has_permission(request, view) and practising_doctor(request.user) is not None
