"""A doctor's own weekly hours, time off and on-call times."""

from typing import Any

from django.db.models import Model, QuerySet
from django.utils import timezone
from drf_spectacular.utils import extend_schema, extend_schema_view
from rest_framework.decorators import action
from rest_framework.response import Response
from rest_framework.serializers import BaseSerializer
from rest_framework.viewsets import ModelViewSet

from appointments import hours
from appointments.locks import lock_calendars
from appointments.models import Availability, OnCall, TimeOff
from clinic.api_edits import IF_MATCH, TaggedEdits
from clinic.people.models import Doctor
from clinic.people.models.tokens import Area

from .permissions import IsPractisingDoctor
from .serializers import (
    AvailabilitySerializer,
    DaysSerializer,
    KeepVisitsSerializer,
    OnCallSerializer,
    TimeOffSerializer,
    TimeSpanSerializer,
)


class OwnHoursViewSet(TaggedEdits, ModelViewSet):
    """Rows of the signed-in doctor; another doctor's are 404. Open slots follow each change at once.

    A change that would leave booked visits outside of the hours is 409, unless it comes with ``?keep_visits=true``.
    """

    area = Area.VISITS
    permission_classes = [IsPractisingDoctor]
    lookup_field = "uid"

    @property
    def doctor(self) -> Doctor:
        return self.request.user.doctor

    def hold(self, row: Model) -> None:
        """All of the doctor's hours, as every change of them does."""
        lock_calendars(self.doctor)

    @extend_schema(parameters=[IF_MATCH, KeepVisitsSerializer])
    def update(self, request: Any, *args: Any, **kwargs: Any) -> Response:
        return super().update(request, *args, **kwargs)

    @property
    def keeps_visits(self) -> bool:
        """Whether ``?keep_visits=true`` says that booked visits which would lie outside of the hours stay."""
        query = KeepVisitsSerializer(data=self.request.query_params)
        query.is_valid(raise_exception=True)
        return query.validated_data["keep_visits"]


@extend_schema_view(partial_update=extend_schema(parameters=[IF_MATCH, KeepVisitsSerializer]))
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

    @extend_schema(
        request=DaysSerializer,
        responses=AvailabilitySerializer(many=True),
        filters=False,
        parameters=[KeepVisitsSerializer],
    )
    @action(detail=False, methods=["post"], pagination_class=None)
    def days(self, request: Any) -> Response:
        """The hours of whole weekdays at once: the `periods`, and no others. Answers with the rules of these days."""
        wanted = self.wanted_days()
        hours.set_days(self.doctor, at=timezone.now(), keep_visits=self.keeps_visits, **wanted)
        rules = self.get_queryset().filter(weekday__in=wanted["weekdays"])
        return Response(self.get_serializer(rules, many=True).data)

    @extend_schema(request=DaysSerializer, responses=TimeSpanSerializer(many=True), filters=False)
    @action(detail=False, methods=["post"], pagination_class=None)
    def preview(self, request: Any) -> Response:
        """What patients could book on these weekdays, if the hours were these. Changes nothing."""
        times = hours.times_if(self.doctor, at=timezone.now(), **self.wanted_days())
        return Response([{"start": start, "end": end} for start, end in times])

    def wanted_days(self) -> dict[str, Any]:
        body = DaysSerializer(data=self.request.data)
        body.is_valid(raise_exception=True)
        return {name: body.validated_data[name] for name in ("weekdays", "periods")}


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
