"""What every call about an appointment starts from."""

from collections.abc import Callable
from typing import Any

from django.core.exceptions import PermissionDenied
from django.db.models import QuerySet
from django.utils.functional import SimpleLazyObject
from rest_framework.response import Response
from rest_framework.viewsets import GenericViewSet

from appointments.models import Appointment, Slot
from clinic.people.models import Patient, User
from clinic.people.models.tokens import Area

from .serializers import AppointmentSerializer, TimeSerializer


class AppointmentCalls(GenericViewSet):
    """Calls about one appointment, `reference` in the address; what the caller may not know of is a 404."""

    request: Any
    area = Area.VISITS
    serializer_class = AppointmentSerializer
    lookup_field = "reference"
    queryset = Appointment.objects.none()  # get_queryset() says which

    def get_queryset(self) -> QuerySet[Appointment]:
        found = Appointment.objects.visible_to(self.request.user).with_visits().prefetch_related("offers")
        if self.action == "list":
            return found.with_names()
        return found.with_parties().prefetch_related("doctor__specialties")

    def get_serializer_context(self) -> dict[str, Any]:
        return {**super().get_serializer_context(), "acting_for": SimpleLazyObject(self.read_acting_for)}

    def read_acting_for(self) -> set[int]:
        """The keys of the patients for whom the caller acts."""
        return set(Patient.objects.represented_by(self.caller).values_list("pk", flat=True))

    @property
    def caller(self) -> User:
        assert isinstance(self.request.user, User)  # signed in, or the permission has refused
        return self.request.user

    def get_allowed(self, may: Callable[[User, Appointment], bool]) -> Appointment:
        """The appointment, if the caller `may` do this to it: 404 if not visible, 403 if not allowed."""
        appointment = self.get_object()
        if not may(self.caller, appointment):
            raise PermissionDenied
        return appointment

    def chosen_slot(self) -> Slot:
        body = TimeSerializer(data=self.request.data)
        body.is_valid(raise_exception=True)
        return body.validated_data["slot"]

    def answer(self, appointment: Appointment, status: int = 200) -> Response:
        return Response(self.get_serializer(appointment).data, status=status)
