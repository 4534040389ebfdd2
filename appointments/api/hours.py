"""A doctor's own weekly hours and time off."""

from typing import Any

from django.db.models import QuerySet
from django.utils import timezone
from rest_framework.serializers import BaseSerializer
from rest_framework.viewsets import ModelViewSet

from appointments import hours
from appointments.models import Availability, TimeOff
from clinic.people.models import Doctor

from .permissions import IsPractisingDoctor
from .serializers import AvailabilitySerializer, TimeOffSerializer


class OwnHoursViewSet(ModelViewSet):
    """Rows of the signed-in doctor; another doctor's are 404. Open slots follow each change at once."""

    permission_classes = [IsPractisingDoctor]
    lookup_field = "uid"

    @property
    def doctor(self) -> Doctor:
        return self.request.user.doctor


class AvailabilityViewSet(OwnHoursViewSet):
    serializer_class = AvailabilitySerializer
    queryset = Availability.objects.none()

    def get_queryset(self) -> QuerySet[Availability]:
        return self.doctor.availabilities.all()

    def perform_create(self, serializer: BaseSerializer[Any]) -> None:
        serializer.instance = hours.add_hours(self.doctor, at=timezone.now(), **serializer.validated_data)

    def perform_update(self, serializer: BaseSerializer[Any]) -> None:
        assert serializer.instance is not None  # an update
        hours.change_hours(serializer.instance, at=timezone.now(), **serializer.validated_data)

    def perform_destroy(self, instance: Availability) -> None:
        hours.remove_hours(instance, at=timezone.now())


class TimeOffViewSet(OwnHoursViewSet):
    serializer_class = TimeOffSerializer
    http_method_names = ["get", "post", "put", "delete", "head", "options"]
    queryset = TimeOff.objects.none()

    def get_queryset(self) -> QuerySet[TimeOff]:
        return self.doctor.times_off.all()

    def perform_create(self, serializer: BaseSerializer[Any]) -> None:
        serializer.instance = hours.add_time_off(self.doctor, at=timezone.now(), **serializer.validated_data)

    def perform_update(self, serializer: BaseSerializer[Any]) -> None:
        assert serializer.instance is not None
        hours.change_time_off(serializer.instance, at=timezone.now(), **serializer.validated_data)

    def perform_destroy(self, instance: TimeOff) -> None:
        hours.remove_time_off(instance, at=timezone.now())
