"""Doctors and open slots, for everybody; a doctor's own single slots."""

from contextlib import AbstractContextManager, nullcontext
from typing import Any, cast

from django.db.models import QuerySet
from django.shortcuts import get_object_or_404
from django.utils import timezone
from drf_spectacular.utils import extend_schema
from rest_framework.decorators import action
from rest_framework.permissions import AllowAny, BasePermission, IsAuthenticated
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.views import APIView
from rest_framework.viewsets import GenericViewSet, ReadOnlyModelViewSet

from appointments.booking import hold_key_of
from appointments.finding import Search, with_next_free_time
from appointments.models import Slot
from appointments.models.slots import SlotQuerySet
from clinic.api import CursorPages
from clinic.limits import CallThrottle, HoldThrottle
from clinic.people.models import Doctor
from clinic.people.models.tokens import Area
from clinic.time import day_bounds

from .permissions import IsPractisingDoctor
from .serializers import (
    DoctorSerializer,
    HeldSerializer,
    PeriodSerializer,
    SearchSerializer,
    SlotSearchSerializer,
    SlotSerializer,
    WhenSerializer,
)


class SoonestFirst(CursorPages):
    ordering = ("starts_at", "pk")


def between(slots: SlotQuerySet, when: dict[str, Any]) -> SlotQuerySet:
    """The `slots` that start in ``[from, to)`` and on the `day` of the current time zone, where these are given."""
    if "day" in when:
        slots = slots.starting_in(*day_bounds(when["day"], timezone.get_current_timezone()))
    if "from" in when:
        slots = slots.filter(starts_at__gte=when["from"])
    return slots.filter(starts_at__lt=when["to"]) if "to" in when else slots


def read_by(tz: str) -> AbstractContextManager[None]:
    """By the clock of the zone `tz`; by the caller's if it is empty."""
    return timezone.override(tz) if tz else nullcontext()


class SlotPagesMixin:
    """Views that answer with a page of slots."""

    request: Any

    def slot_page(self, slots: QuerySet[Slot], *, tz: str) -> Response:
        pages = SoonestFirst()
        page = pages.paginate_queryset(slots, self.request, view=cast(APIView, self))
        context = {"request": self.request, "tz": tz}
        return pages.get_paginated_response(SlotSerializer(page, many=True, context=context).data)


class DoctorViewSet(SlotPagesMixin, ReadOnlyModelViewSet):
    """Practising doctors, with the start of the first time that can be booked."""

    area = Area.VISITS
    serializer_class = DoctorSerializer
    permission_classes = [AllowAny]
    lookup_field = "slug"

    def get_queryset(self) -> QuerySet[Doctor]:
        return with_next_free_time(Doctor.objects.practising().listed(), Search().slots(timezone.now()))

    @extend_schema(parameters=[SearchSerializer])
    def list(self, request: Request, *args: Any, **kwargs: Any) -> Response:
        query = SearchSerializer(data=request.query_params)
        query.is_valid(raise_exception=True)
        found = self.get_queryset().filter(pk__in=Search(**query.validated_data).doctors().order_by().values("pk"))
        page = self.paginate_queryset(found)
        return self.get_paginated_response(self.get_serializer(page, many=True).data)

    @extend_schema(parameters=[WhenSerializer], responses=SlotSerializer(many=True))
    @action(detail=True, pagination_class=SoonestFirst)
    def slots(self, request: Request, slug: str) -> Response:
        """The doctor's open slots, soonest first."""
        query = WhenSerializer(data=request.query_params)
        query.is_valid(raise_exception=True)
        slots = Search().slots(timezone.now()).filter(doctor__slug=slug).briefly()
        tz = query.validated_data.get("tz", "")
        with read_by(tz):
            page = self.slot_page(between(slots, query.validated_data), tz=tz)
        if not page.data["results"]:
            get_object_or_404(Doctor.objects.practising(), slug=slug)
        return page


class SlotViewSet(SlotPagesMixin, GenericViewSet):
    """Open slots over all doctors, for everybody; doctors publish and withdraw their own."""

    queryset = Slot.objects.none()  # get_queryset() says which
    area = Area.VISITS
    serializer_class = SlotSerializer
    pagination_class = SoonestFirst
    lookup_field = "uid"

    def get_permissions(self) -> list[BasePermission]:
        if self.action in {"hold", "release"}:
            return [IsAuthenticated()]
        return [AllowAny()] if self.action == "list" else [IsPractisingDoctor()]

    def get_queryset(self) -> QuerySet[Slot]:
        return Slot.objects.filter(doctor=self.request.user.doctor)

    @extend_schema(parameters=[SlotSearchSerializer])
    def list(self, request: Request) -> Response:
        query = SlotSearchSerializer(data=request.query_params)
        query.is_valid(raise_exception=True)
        wanted = dict(query.validated_data)
        when = {name: wanted.pop(name) for name in ("from", "to", "day", "tz") if name in wanted}
        tz = when.get("tz", "")
        with read_by(tz):
            slots = Search(**wanted).slots(timezone.now()).briefly()
            return self.slot_page(between(slots, when), tz=tz)

    @extend_schema(request=PeriodSerializer)
    def create(self, request: Request) -> Response:
        """201 with the slot; 409 if it is past or overlaps something."""
        body = PeriodSerializer(data=request.data)
        body.is_valid(raise_exception=True)
        slot = Slot.objects.publish(request.user.doctor, at=timezone.now(), **body.validated_data)
        return Response(self.get_serializer(slot).data, status=201)

    @extend_schema(request=None, responses=HeldSerializer)
    @action(detail=True, methods=["post"], throttle_classes=[CallThrottle, HoldThrottle])
    def hold(self, request: Any, uid: str) -> Response:
        """Keep an open slot for the caller while they answer questions; again, for longer. One slot at a time."""
        slot = self.get_offered()
        until = slot.hold(hold_key_of(request.user), at=timezone.now())
        return Response(HeldSerializer({"slot": slot.uid, "held_until": until}).data)

    @extend_schema(request=None, responses={204: None})
    @hold.mapping.delete
    def release(self, request: Any, uid: str) -> Response:
        """Keep it no longer."""
        self.get_offered().release(hold_key_of(request.user))
        return Response(status=204)

    def get_offered(self) -> Slot:
        """Anybody's slot, not only the caller's own."""
        offered = Slot.objects.of_practising_doctors().select_related("doctor__clinic")
        return get_object_or_404(offered, uid=self.kwargs["uid"])

    def destroy(self, request: Request, uid: str) -> Response:
        """Withdraw an open slot: 204; 409 if it is booked."""
        self.get_object().withdraw()
        return Response(status=204)
