"""What the code of a visit opens, for everybody who has it. Of the patient nothing."""

from typing import Any

from django.db import transaction
from django.http import Http404
from django.utils import timezone
from drf_spectacular.utils import extend_schema
from rest_framework import status
from rest_framework.generics import RetrieveAPIView
from rest_framework.permissions import AllowAny
from rest_framework.response import Response
from rest_framework.views import APIView

from clinic.limits import CodeThrottle
from televisit.models import Visit
from televisit.rooms import way_in

from .serializers import CodeSerializer, GuestSerializer, JoinSerializer


class CodeCall(APIView):
    """A call with a code in its address; guessing is slowed down."""

    authentication_classes: list[type] = []
    permission_classes = [AllowAny]
    throttle_classes = [CodeThrottle]

    def get_object(self) -> Visit:
        visit = Visit.objects.with_parties().coded(self.kwargs["code"]).first()
        if visit is None:
            raise Http404
        return visit


class CodeView(CodeCall, RetrieveAPIView):
    serializer_class = CodeSerializer


class CodeJoinView(CodeCall):
    @extend_schema(request=GuestSerializer, responses={201: JoinSerializer})
    def post(self, request: Any, code: str) -> Response:
        """Take a guest's seat in the waiting room: how to join. 409 outside the visit's hours, or without consent."""
        visit, at = self.get_object(), timezone.now()
        body = GuestSerializer(data=request.data, context={"roles": visit.guest_roles})
        body.is_valid(raise_exception=True)
        visit.refuse_unless_open(at)
        with transaction.atomic():
            seat = visit.seat_guest(body.validated_data["name"], role=body.validated_data["role"])
            seat.say_at_door(at=at, **body.said())
        return Response(JoinSerializer(way_in(seat, at=at)).data, status=status.HTTP_201_CREATED)
