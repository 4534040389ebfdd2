"""Who is asked to a visit by link."""

from typing import Any

from django.core.exceptions import PermissionDenied
from django.shortcuts import get_object_or_404
from django.utils import timezone
from drf_spectacular.utils import extend_schema
from rest_framework import status
from rest_framework.decorators import action
from rest_framework.response import Response

from clinic.api import IDEMPOTENCY_KEY, key_of
from clinic.codes import uid
from clinic.idempotency import once
from televisit.models import Invitation, Visit
from televisit.permissions import can_invite, roles_to_invite

from .base import VisitCalls
from .serializers import InvitationSerializer, MadeInvitationSerializer


def ask(visit: Visit, request: str, **facts: Any) -> str:
    """The uid of a new invitation, whose link is for this `request` where it is sent to nobody."""
    invitation = Invitation.objects.invite(visit, **facts)
    if not invitation.address:
        invitation.renew_link(request=request)
    return invitation.uid


class InvitationCalls(VisitCalls):
    @extend_schema(responses=InvitationSerializer(many=True), filters=False)
    @action(detail=True, pagination_class=None)
    def invitations(self, request: Any, session_id: str) -> Response:
        """Everybody who was asked to come by link, revoked ones too."""
        return Response(InvitationSerializer(self.get_to_invite().invitations.asked(), many=True).data)

    @extend_schema(
        request=InvitationSerializer,
        responses={201: MadeInvitationSerializer},
        parameters=[IDEMPOTENCY_KEY],
    )
    @invitations.mapping.post
    def invite(self, request: Any, session_id: str) -> Response:
        """Ask somebody; the link goes to `address`, an e-mail address or a phone number."""
        visit = self.get_to_invite()
        roles = roles_to_invite(request.user, visit)
        body = InvitationSerializer(data=request.data, context={"roles": roles})
        body.is_valid(raise_exception=True)
        facts, name = {"by": request.user, "at": timezone.now(), **body.validated_data}, key_of(request) or uid()
        made = once(
            lambda: ask(visit, name, **facts),
            user=request.user,
            key=key_of(request),
            body=[visit.uid, body.validated_data],
        )
        told = MadeInvitationSerializer(visit.invitations.get(uid=made), context={"request": name})
        return Response(told.data, status=status.HTTP_201_CREATED)

    @extend_schema(request=None, responses={204: None})
    @action(detail=True, methods=["delete"], url_path="invitations/(?P<uid>[^/.]+)")
    def revoke(self, request: Any, session_id: str, uid: str) -> Response:
        """The link opens nothing any more; who came by it is put out."""
        visit = self.get_to_invite()
        invitation = get_object_or_404(visit.invitations, uid=uid)
        invitation.visit = visit
        invitation.revoke(by=request.user, at=timezone.now())
        return Response(status=status.HTTP_204_NO_CONTENT)

    def get_to_invite(self) -> Visit:
        visit = self.get_object()
        if not can_invite(self.request.user, visit, timezone.now()):
            raise PermissionDenied
        return visit
