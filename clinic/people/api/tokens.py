"""One's own tokens. A token can neither read nor make tokens: that takes a session."""

from typing import Any

from django.contrib.sessions.backends.base import SessionBase
from django.shortcuts import get_object_or_404
from django.utils import timezone
from django.utils.translation import gettext_lazy as _
from drf_spectacular.utils import extend_schema
from rest_framework import generics, status
from rest_framework.exceptions import PermissionDenied
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.views import APIView

from clinic.api import CursorPages
from clinic.people.models import ApiToken
from clinic.people.models.tokens import ApiTokenQuerySet
from clinic.people.recent import has_just_signed_in

from .serializers import MadeTokenSerializer, TokenSerializer


class SignInAgain(PermissionDenied):
    default_code = "sign_in_again"
    default_detail = _("It is too long ago that you signed in. Sign in again, then make the token.")


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
        """One more; its text is in this answer only. 403 some time after signing in, 409 for who has too many."""
        if not has_just_signed_in(session_of(request)):
            raise SignInAgain
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


def session_of(request: Request) -> Any:
    """The one that signs the caller in: a program's ``X-Session-Token``, or the cookie."""
    return request.auth if isinstance(request.auth, SessionBase) else request.session
