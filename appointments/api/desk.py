"""What staff do for who calls: find or enter the patient, give them their record, settle a doctor's day."""

from typing import Any

from django.shortcuts import get_object_or_404
from django.utils import timezone
from django_filters import rest_framework as filters
from drf_spectacular.utils import extend_schema
from rest_framework import generics, status
from rest_framework.permissions import IsAuthenticated
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.views import APIView

from appointments.hand_over import HandOver
from appointments.models import Closure
from clinic.api import IDEMPOTENCY_KEY, CursorPages, key_of
from clinic.audit.models import AuditEntry
from clinic.idempotency import once
from clinic.people.models import Claim, Doctor, Patient
from clinic.people.models.patients import PatientQuerySet
from clinic.people.models.tokens import Area
from clinic.people.permissions import in_own_clinics, works_at_desk
from clinic.people.tasks import send_claim_link

from .serializers.desk import (
    HandOverQuerySerializer,
    HandOverRowSerializer,
    MadeClaimSerializer,
    NewPatientSerializer,
    OfferClaimSerializer,
    PatientQuerySerializer,
    PatientSerializer,
)
from .serializers.hours import ClosureSerializer


class IsAtDesk(IsAuthenticated):
    """Staff who book, move and cancel for patients."""

    def has_permission(self, request: Request, view: APIView) -> bool:
        return super().has_permission(request, view) and works_at_desk(request.user)


class PatientPages(CursorPages):
    ordering = ("family_name", "given_name", "pk")


class PatientListView(generics.ListAPIView):
    """The patients whom the caller's words describe; nobody without words."""

    request: Any
    area = Area.VISITS
    permission_classes = [IsAtDesk]
    serializer_class = PatientSerializer
    pagination_class = PatientPages
    queryset = Patient.objects.none()  # get_queryset() says which

    def get_queryset(self) -> PatientQuerySet:
        query = PatientQuerySerializer(data=self.request.query_params)
        query.is_valid(raise_exception=True)
        words = query.validated_data["q"].strip()
        found = Patient.objects.select_related("user")
        return found.found_by(words) if words else found.none()

    @extend_schema(parameters=[PatientQuerySerializer])
    def get(self, request: Request, *args: Any, **kwargs: Any) -> Response:
        """Parts of names, phone or e-mail, or a day of birth as 1954-03-27; all words count."""
        return super().get(request, *args, **kwargs)

    @extend_schema(request=NewPatientSerializer, responses={201: PatientSerializer}, parameters=[IDEMPOTENCY_KEY])
    def post(self, request: Request) -> Response:
        """Enter a patient. Where somebody alike is in the books, 400 names them under `is_new`, until that is true."""
        body = NewPatientSerializer(data=request.data)
        body.is_valid(raise_exception=True)
        facts = ["patient", body.validated_data]
        uid = once(lambda: self.enter(body).uid, user=request.user, key=key_of(request), body=facts)
        return Response(PatientSerializer(Patient.objects.get(uid=uid)).data, status=status.HTTP_201_CREATED)

    def enter(self, body: NewPatientSerializer) -> Patient:
        patient = body.enter()
        note: dict[str, Any] = {"by": self.request.user, "request": self.request, "patient": patient}
        AuditEntry.objects.record(AuditEntry.Action.CREATED, patient, **note)
        return patient


class ClaimOfferView(APIView):
    area = Area.VISITS
    permission_classes = [IsAtDesk]

    @extend_schema(request=OfferClaimSerializer, responses={201: MadeClaimSerializer})
    def post(self, request: Any, uid: str) -> Response:
        """A code with which the patient takes over the record, told this once, and sent to `email` if there is one."""
        patient = get_object_or_404(Patient, uid=uid)
        body = OfferClaimSerializer(data=request.data)
        body.is_valid(raise_exception=True)
        code = Claim.objects.offer(patient, by=request.user, at=timezone.now())
        if email := body.validated_data["email"]:
            send_claim_link.delay_on_commit(code, email)
        return Response({"code": code}, status=status.HTTP_201_CREATED, headers={"Cache-Control": "no-store"})


class HandOverView(APIView):
    area = Area.VISITS
    permission_classes = [IsAtDesk]

    @extend_schema(parameters=[HandOverQuerySerializer], responses=HandOverRowSerializer(many=True))
    def get(self, request: Request) -> Response:
        """What can become of each appointment of a `doctor` who cannot come on `day`, by the doctor's calendar.

        Then: `appointments/<reference>/hand-over/`, `move/` or `cancel/`.
        """
        query = HandOverQuerySerializer(data=request.query_params)
        query.is_valid(raise_exception=True)
        doctors = in_own_clinics(Doctor.objects.select_related("user", "clinic").exclude(zone=""), request.user)
        doctor, at = get_object_or_404(doctors, slug=query.validated_data["doctor"]), timezone.now()
        day = HandOver(doctor, query.validated_data.get("day") or timezone.localdate(at), at=at)
        return Response(HandOverRowSerializer(day.appointments, many=True, context={"day": day}).data)


class ClosureFilter(filters.FilterSet):
    clinic = filters.CharFilter(field_name="clinic__slug")


class SoonestFirst(CursorPages):
    ordering = ("period", "pk")


class ClosureListView(generics.ListAPIView):
    """Days on which clinics are closed, soonest first."""

    area = Area.VISITS
    serializer_class = ClosureSerializer
    pagination_class = SoonestFirst
    filterset_class = ClosureFilter
    queryset = Closure.objects.select_related("clinic")
