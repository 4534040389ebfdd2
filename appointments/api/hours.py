"""A doctor's own weekly hours, time off and on-call times."""

from typing import Any

from django.db.models import QuerySet
from django.utils import timezone
from rest_framework.serializers import BaseSerializer
from rest_framework.viewsets import ModelViewSet

from appointments import hours
from appointments.models import Availability, OnCall, TimeOff
from clinic.people.models import Doctor
from clinic.people.models.tokens import Area

from .permissions import IsPractisingDoctor
from .serializers import AvailabilitySerializer, KeepVisitsSerializer, OnCallSerializer, TimeOffSerializer


class OwnHoursViewSet(ModelViewSet):
    """Rows of the signed-in doctor; another doctor's are 404. Open slots follow each change at once.

    A change that would leave booked visits outside of the hours is 409, unless it comes with ``?keep_visits=true``.
    """

    area = Area.VISITS
    permission_classes = [IsPractisingDoctor]
    lookup_field = "uid"

    @property
    def doctor(self) -> Doctor:
        return self.request.user.doctor

    @property
    def keeps_visits(self) -> bool:
        """Whether ``?keep_visits=true`` says that booked visits which would lie outside of the hours stay."""
        query = KeepVisitsSerializer(data=self.request.query_params)
        query.is_valid(raise_exception=True)
        return query.validated_data["keep_visits"]


class AvailabilityViewSet(OwnHoursViewSet):
    serializer_class = AvailabilitySerializer
    queryset = Availability.objects.none()

    def get_queryset(self) -> QuerySet[Availability]:
        return self.doctor.availabilities.all()

    def perform_create(self, serializer: BaseSerializer[Any]) -> None:
        serializer.instance = hours.add_hours(self.doctor, at=timezone.now(), **serializer.validated_data)

    def perform_update(self, serializer: BaseSerializer[Any]) -> None:
        assert serializer.instance is not None  # an update
        facts = serializer.validated_data
        hours.change_hours(serializer.instance, at=timezone.now(), keep_visits=self.keeps_visits, **facts)

    def perform_destroy(self, instance: Availability) -> None:
        hours.remove_hours(instance, at=timezone.now(), keep_visits=self.keeps_visits)


class TimeOffViewSet(OwnHoursViewSet):
    serializer_class = TimeOffSerializer
    http_method_names = ["get", "post", "put", "delete", "head", "options"]
    queryset = TimeOff.objects.none()

    def get_queryset(self) -> QuerySet[TimeOff]:
        return self.doctor.times_off.all()

    def perform_create(self, serializer: BaseSerializer[Any]) -> None:
        facts = serializer.validated_data
        serializer.instance = hours.add_time_off(self.doctor, at=timezone.now(), keep_visits=self.keeps_visits, **facts)

    def perform_update(self, serializer: BaseSerializer[Any]) -> None:
        assert serializer.instance is not None
        facts = serializer.validated_data
        hours.change_time_off(serializer.instance, at=timezone.now(), keep_visits=self.keeps_visits, **facts)

    def perform_destroy(self, instance: TimeOff) -> None:
        hours.remove_time_off(instance, at=timezone.now())


class OnCallViewSet(OwnHoursViewSet):
    """When the doctor answers emergencies."""

    serializer_class = OnCallSerializer
    http_method_names = ["get", "post", "delete", "head", "options"]
    queryset = OnCall.objects.none()

    def get_queryset(self) -> QuerySet[OnCall]:
        return self.doctor.on_call_times.all()

    def perform_create(self, serializer: BaseSerializer[Any]) -> None:
        serializer.instance = hours.add_on_call(self.doctor, **serializer.validated_data)
