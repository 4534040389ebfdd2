"""With a prescription's code anybody sees whether it is genuine; with the birth date, what is on it."""

from typing import Any

from django.shortcuts import get_object_or_404
from django.utils import timezone
from django.utils.decorators import method_decorator
from django.utils.functional import cached_property
from django.utils.translation import gettext_lazy as _
from drf_spectacular.utils import extend_schema
from rest_framework.exceptions import ValidationError
from rest_framework.permissions import AllowAny
from rest_framework.response import Response
from rest_framework.views import APIView

from clinic.headers import holds_capability
from clinic.limits import CodeThrottle
from prescriptions.models import Prescription
from prescriptions.seal import holds

from .serializers import BirthSerializer, DispensedSerializer, GenuineSerializer, SealSerializer, VerifySerializer


@method_decorator(holds_capability, name="dispatch")
class CodeCall(APIView):
    """A call with a code in its address; guessing is slowed down."""

    authentication_classes: list[type] = []
    permission_classes = [AllowAny]
    throttle_classes = [CodeThrottle]

    @cached_property
    def prescription(self) -> Prescription:
        return get_object_or_404(Prescription.objects.with_parties().with_code(self.kwargs["code"]))


class VerifyView(CodeCall):
    @extend_schema(responses=VerifySerializer)
    def get(self, request: Any, code: str) -> Response:
        """Whether the prescription is genuine, and may still be dispensed."""
        return Response(VerifySerializer(self.prescription, context={"at": timezone.now()}).data)


class DispensedView(CodeCall):
    @extend_schema(request=BirthSerializer, responses=DispensedSerializer)
    def post(self, request: Any, code: str) -> Response:
        """Its medicines, for who also knows the patient's date of birth; 409 once it is revoked, or tried too often."""
        prescription, body = self.prescription, BirthSerializer(data=request.data)
        body.is_valid(raise_exception=True)
        if not prescription.confirms(body.validated_data["birth_date"], at=timezone.now()):
            raise ValidationError({"birth_date": [_("This is not the patient's date of birth.")]})
        return Response(DispensedSerializer(prescription).data)


class SealView(CodeCall):
    @extend_schema(request=SealSerializer, responses=GenuineSerializer)
    def post(self, request: Any, code: str) -> Response:
        """Whether the seal that a square code carried is ours, and of this prescription."""
        prescription, body = self.prescription, SealSerializer(data=request.data)
        body.is_valid(raise_exception=True)
        return Response({"genuine": holds(body.validated_data["seal"], prescription)})
