"""One's own tokens. A token can neither read nor make tokens: that takes a session."""

from typing import Any

from django.shortcuts import get_object_or_404
from django.utils import timezone
from drf_spectacular.utils import extend_schema
from rest_framework import generics, status
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.views import APIView

from clinic.api import CursorPages
from clinic.people.models import ApiToken
from clinic.people.models.tokens import ApiTokenQuerySet

from .serializers import MadeTokenSerializer, TokenSerializer


class NewestFirst(CursorPages):
    ordering = ("-created_at", "-pk")


class TokenListView(generics.ListAPIView):
    """The caller's tokens, the newest first."""

    request: Any
    serializer_class = TokenSerializer
    pagination_class = NewestFirst
    queryset = ApiToken.objects.none()  # get_queryset() says which

    def get_queryset(self) -> ApiTokenQuerySet:
        return ApiToken.objects.of_user(self.request.user)

    @extend_schema(responses={201: MadeTokenSerializer})
    def post(self, request: Any) -> Response:
        """One more; its text is in this answer only. 409 for who has too many."""
        body = self.get_serializer(data=request.data)
        body.is_valid(raise_exception=True)
        made, text = ApiToken.objects.make(request.user, at=timezone.now(), **body.validated_data)
        answer = {**self.get_serializer(made).data, "token": text}
        return Response(answer, status=status.HTTP_201_CREATED, headers={"Cache-Control": "no-store"})


class TokenView(APIView):
    request: Any

    @extend_schema(request=None, responses={204: None})
    def delete(self, request: Request, uid: str) -> Response:
        """Revoke it: it opens nothing any more."""
        token = get_object_or_404(ApiToken.objects.of_user(self.request.user), uid=uid)
        ApiToken.objects.filter(pk=token.pk).revoke(timezone.now())
        return Response(status=status.HTTP_204_NO_CONTENT)
