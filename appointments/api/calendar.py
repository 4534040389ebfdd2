"""The private address of a user's own calendar."""

from typing import Any

from django.conf import settings
from django.shortcuts import get_object_or_404
from django.urls import reverse
from django.utils import timezone
from drf_spectacular.utils import extend_schema
from rest_framework import serializers, status
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.views import APIView

from appointments.models import Feed
from clinic.people.models.tokens import Area


class FeedSerializer(serializers.Serializer):
    """When the address was made."""

    made_at = serializers.DateTimeField()


class MadeFeedSerializer(FeedSerializer):
    """And the address itself, told this once."""

    url = serializers.URLField()


class FeedView(APIView):
    request: Any
    area = Area.ACCOUNT

    @extend_schema(responses=FeedSerializer)
    def get(self, request: Request) -> Response:
        """Whether there is an address for calendar programs; 404 if not."""
        return Response(FeedSerializer(get_object_or_404(Feed, user=request.user)).data)

    @extend_schema(request=None, responses={201: MadeFeedSerializer})
    def post(self, request: Request) -> Response:
        """A new address; one before it shows nothing any more."""
        at = timezone.now()
        url = settings.PUBLIC_URL + reverse("calendar-feed", args=[Feed.objects.renew(self.request.user, at=at)])
        answer = MadeFeedSerializer({"made_at": at, "url": url}).data
        return Response(answer, status=status.HTTP_201_CREATED, headers={"Cache-Control": "no-store"})

    @extend_schema(request=None, responses={204: None})
    def delete(self, request: Request) -> Response:
        """The address shows nothing any more, and there is no other."""
        Feed.objects.filter(user=self.request.user).delete()
        return Response(status=status.HTTP_204_NO_CONTENT)
