from django.urls import include, path

from .views import reading, verification, writing

prescriptions = [
    path("appointments/<str:reference>/prescription/", writing.PrescriptionWriteView.as_view(), name="write"),
    path("prescriptions/<str:reference>/", reading.PrescriptionDetailView.as_view(), name="detail"),
    path("prescriptions/<str:reference>/pdf/", reading.PrescriptionPdfView.as_view(), name="pdf"),
    path("prescriptions/<str:reference>/edit/", writing.PrescriptionEditView.as_view(), name="edit"),
    path("prescriptions/<str:reference>/issue/", writing.PrescriptionIssueView.as_view(), name="issue"),
    path("prescriptions/<str:reference>/revoke/", writing.PrescriptionRevokeView.as_view(), name="revoke"),
    path("prescriptions/<str:reference>/replace/", writing.PrescriptionReplaceView.as_view(), name="replace"),
]

verify = [
    path("verify/", verification.VerifyFormView.as_view(), name="form"),
    path("verify/<str:code>/", verification.VerifyView.as_view(), name="code"),
]

urlpatterns = [
    path("", include((prescriptions, "prescriptions"))),
    path("", include((verify, "verify"))),
]
