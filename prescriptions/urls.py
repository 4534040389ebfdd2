from django.urls import include, path

from .views import reading, verification, writing

prescriptions = [
    path("appointments/<slug:reference>/prescription/", writing.PrescriptionWriteView.as_view(), name="write"),
    path("prescriptions/<slug:reference>/", reading.PrescriptionDetailView.as_view(), name="detail"),
    path("prescriptions/<slug:reference>/pdf/", reading.PrescriptionPdfView.as_view(), name="pdf"),
    path("prescriptions/<slug:reference>/edit/", writing.PrescriptionEditView.as_view(), name="edit"),
    path("prescriptions/<slug:reference>/issue/", writing.PrescriptionIssueView.as_view(), name="issue"),
    path("prescriptions/<slug:reference>/revoke/", writing.PrescriptionRevokeView.as_view(), name="revoke"),
    path("prescriptions/<slug:reference>/replace/", writing.PrescriptionReplaceView.as_view(), name="replace"),
]

verify = [
    path("verify/", verification.VerifyFormView.as_view(), name="form"),
    path("verify/<str:code>/", verification.VerifyView.as_view(), name="code"),
    path("verify/<str:code>/seal/", verification.SealView.as_view(), name="seal"),
]

urlpatterns = [
    path("", include((prescriptions, "prescriptions"))),
    path("", include((verify, "verify"))),
]
