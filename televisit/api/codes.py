"""What the code of a visit opens."""

from django.http import Http404
from rest_framework.generics import RetrieveAPIView
from rest_framework.permissions import AllowAny

from clinic.limits import CodeThrottle
from televisit.models import Visit

from .serializers import CodeSerializer


class CodeView(RetrieveAPIView):
    """What a visit's code opens, for everybody who has it."""

    authentication_classes: list[type] = []
    permission_classes = [AllowAny]
    throttle_classes = [CodeThrottle]
    serializer_class = CodeSerializer

    def get_object(self) -> Visit:
        visit = Visit.objects.with_parties().coded(self.kwargs["code"]).first()
        if visit is None:
            raise Http404
        return visit
