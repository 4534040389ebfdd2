"""Who is signed in, as user, patient and doctor; whom they act for; taking over a record."""

from typing import Any

from django.db import transaction
from django.db.models import QuerySet
from django.http import Http404
from django.shortcuts import get_object_or_404
from django.utils import timezone
from django.utils.translation import gettext_lazy as _
from drf_spectacular.utils import extend_schema
from rest_framework import generics, status
from rest_framework.exceptions import ValidationError
from rest_framework.permissions import AllowAny
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.serializers import BaseSerializer

from clinic.api import CursorPages
from clinic.api_edits import IF_MATCH, TaggedEdits
from clinic.limits import CallThrottle, CodeThrottle
from clinic.people.errors import HasOwnRecord
from clinic.people.models import Claim, Clinic, Doctor, Patient, Representation, Specialty, User
from clinic.people.models.tokens import Area

from .serializers import (
    ClaimedSerializer,
    ClaimSerializer,
    ClinicSerializer,
    MeSerializer,
    OwnDoctorSerializer,
    OwnPatientChangeSerializer,
    OwnPatientSerializer,
    RepresentationSerializer,
    SpecialtySerializer,
)


class OwnView(TaggedEdits, generics.RetrieveUpdateAPIView):
    """Something of the caller's own: read, and changed in part."""

    request: Any
    area = Area.ACCOUNT
    http_method_names = ["get", "patch", "head", "options"]

    @extend_schema(parameters=[IF_MATCH])
    def patch(self, request: Request, *args: Any, **kwargs: Any) -> Response:
        """What the body leaves out stays as it is."""
        return super().patch(request, *args, **kwargs)


class MeView(OwnView):
    """Who is signed in."""

    serializer_class = MeSerializer

    def get_object(self) -> User:
        return User.objects.select_related("doctor", "patient").get(pk=self.request.user.pk)


class OwnPatientView(OwnView):
    """The caller's own patient's profile; 404 until there is one."""

    http_method_names = ["get", "post", "patch", "head", "options"]
    serializer_class = OwnPatientChangeSerializer

    def get_object(self) -> Patient:
        return get_object_or_404(Patient, user=self.request.user)

    @extend_schema(request=OwnPatientSerializer, responses={201: OwnPatientSerializer})
    @transaction.atomic
    def post(self, request: Any) -> Response:
        """Who has no patient's profile yet makes one; 409 for who has."""
        body = OwnPatientSerializer(data=request.data)
        body.is_valid(raise_exception=True)
        user = User.objects.select_for_update().get(pk=request.user.pk)
        if Patient.objects.filter(user=user).exists():
            raise HasOwnRecord
        patient = Patient.objects.create(user=user, **body.validated_data)
        return Response(self.get_serializer(patient).data, status=status.HTTP_201_CREATED)


class OwnDoctorView(OwnView):
    """The caller's own doctor's profile; 404 for who is no doctor. Open slots follow a change at once."""

    serializer_class = OwnDoctorSerializer

    def get_object(self) -> Doctor:
        own = Doctor.objects.select_related("user", "clinic").prefetch_related("specialties")
        return get_object_or_404(own, user=self.request.user)

    def perform_update(self, serializer: BaseSerializer[Any]) -> None:
        before = {name: getattr(serializer.instance, name) for name in serializer.validated_data}
        doctor = serializer.save()
        doctor.tell_of_changes([name for name, value in before.items() if getattr(doctor, name) != value])


class RepresentationListView(generics.ListAPIView):
    """For whom the caller acts, or has asked to. The clinic checks, adds and ends it."""

    request: Any
    area = Area.ACCOUNT
    serializer_class = RepresentationSerializer
    queryset = Representation.objects.none()  # get_queryset() says which

    def get_queryset(self) -> QuerySet[Representation]:
        return self.request.user.representations.select_related("patient")


class ClaimView(generics.GenericAPIView):
    """Takes over the record that staff made for the caller."""

    request: Any
    area = Area.ACCOUNT
    serializer_class = ClaimSerializer
    throttle_classes = [CallThrottle, CodeThrottle]

    @extend_schema(responses=ClaimedSerializer)
    def post(self, request: Any) -> Response:
        """The record is the caller's own; 404 for a code that opens nothing (any more), 400 for a wrong date."""
        body = self.get_serializer(data=request.data)
        body.is_valid(raise_exception=True)
        claim = Claim.objects.of_code(body.validated_data["code"], at=timezone.now())
        if claim is None:
            raise Http404
        if not claim.is_of(body.validated_data["birth_date"]):
            raise ValidationError({"birth_date": [_("This is not the date that the clinic has.")]})
        return Response(ClaimedSerializer(claim.use(by=request.user, at=timezone.now())).data)


class NamePages(CursorPages):
    ordering = ("name", "pk")
    max_page_size = 100


class ClinicListView(generics.ListAPIView):
    """The clinics, with how to reach them."""

    area = Area.VISITS
    permission_classes = [AllowAny]
    pagination_class = NamePages
    serializer_class = ClinicSerializer
    queryset = Clinic.objects.all()


class SpecialtyListView(generics.ListAPIView):
    """The specialties, by which doctors are found."""

    area = Area.VISITS
    permission_classes = [AllowAny]
    pagination_class = NamePages
    serializer_class = SpecialtySerializer
    queryset = Specialty.objects.all()
