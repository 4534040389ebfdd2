"""What a guest's link opens, for programs: the secret at its end is the capability, so it is sent in the body."""

from typing import Any

from django.shortcuts import get_object_or_404
from django.utils import timezone
from drf_spectacular.utils import extend_schema
from rest_framework import serializers, status
from rest_framework.permissions import AllowAny
from rest_framework.response import Response
from rest_framework.views import APIView

from clinic.limits import CodeThrottle
from clinic.people.api.serializers import BirthDateField
from televisit.models import Invitation
from televisit.models.consent import refuse_unless_agreed
from televisit.rooms import way_in

from .serializers import DoorSerializer, JoinSerializer


class AcceptSerializer(DoorSerializer):
    """`secret` is the end of the link. The patient's own seat needs the patient's `birth_date` too, in five tries."""

    secret = serializers.CharField(max_length=100)
    name = serializers.CharField(max_length=160)
    birth_date = BirthDateField(required=False)


class AcceptView(APIView):
    authentication_classes: list[type] = []
    permission_classes = [AllowAny]
    throttle_classes = [CodeThrottle]

    @extend_schema(request=AcceptSerializer, responses={201: JoinSerializer})
    def post(self, request: Any) -> Response:
        """Take the seat to which a link invites: how to join.

        409 outside the visit's hours, for a wrong birth, or without consent.
        """
        body = AcceptSerializer(data=request.data)
        body.is_valid(raise_exception=True)
        facts, at = body.validated_data, timezone.now()
        links = Invitation.objects.select_related("visit__appointment__patient", "visit__host__user", "visit__clinic")
        invitation = get_object_or_404(links.with_link(facts["secret"]))
        refuse_unless_agreed(invitation.role, agrees=facts["consent"])
        seat = invitation.accept(name=facts["name"], birth_date=facts.get("birth_date"), at=at)
        seat.say_at_door(at=at, **body.said())
        return Response(JoinSerializer(way_in(seat, at=at)).data, status=status.HTTP_201_CREATED)
