from django.urls import path

from .api.verification import DispensedView, SealView, VerifyView
from .api.writing import EarlierMedicinesView, PrescriptionViewSet

PRESCRIPTION = "appointments/<slug:reference>/prescription/"

urlpatterns = [
    path(PRESCRIPTION, PrescriptionViewSet.as_view({"get": "retrieve", "put": "update"}), name="prescription"),
    path(f"{PRESCRIPTION}check/", PrescriptionViewSet.as_view({"get": "check"}), name="prescription-check"),
    path(f"{PRESCRIPTION}issue/", PrescriptionViewSet.as_view({"post": "issue"}), name="prescription-issue"),
    path(f"{PRESCRIPTION}revoke/", PrescriptionViewSet.as_view({"post": "revoke"}), name="prescription-revoke"),
    path(f"{PRESCRIPTION}replace/", PrescriptionViewSet.as_view({"post": "replace"}), name="prescription-replace"),
    path(f"{PRESCRIPTION}pdf/", PrescriptionViewSet.as_view({"get": "pdf"}), name="prescription-pdf"),
    path("earlier-medicines/", EarlierMedicinesView.as_view(), name="earlier-medicines"),
    path("prescriptions/codes/<str:code>/", VerifyView.as_view(), name="prescription-code"),
    path("prescriptions/codes/<str:code>/medicines/", DispensedView.as_view(), name="prescription-code-medicines"),
    path("prescriptions/codes/<str:code>/seal/", SealView.as_view(), name="prescription-code-seal"),
]
