from django.urls import path

from .api import PrescriptionViewSet

PRESCRIPTION = "appointments/<slug:reference>/prescription/"

urlpatterns = [
    path(PRESCRIPTION, PrescriptionViewSet.as_view({"get": "retrieve", "put": "update"}), name="prescription"),
    path(f"{PRESCRIPTION}issue/", PrescriptionViewSet.as_view({"post": "issue"}), name="prescription-issue"),
    path(f"{PRESCRIPTION}revoke/", PrescriptionViewSet.as_view({"post": "revoke"}), name="prescription-revoke"),
    path(f"{PRESCRIPTION}replace/", PrescriptionViewSet.as_view({"post": "replace"}), name="prescription-replace"),
    path(f"{PRESCRIPTION}pdf/", PrescriptionViewSet.as_view({"get": "pdf"}), name="prescription-pdf"),
]
