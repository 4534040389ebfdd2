from django.urls import path

from .api import account, tokens

urlpatterns = [
    path("me/", account.MeView.as_view(), name="me"),
    path("me/patient/", account.OwnPatientView.as_view(), name="own-patient"),
    path("me/doctor/", account.OwnDoctorView.as_view(), name="own-doctor"),
    path("me/representations/", account.RepresentationListView.as_view(), name="representations"),
    path("me/tokens/", tokens.TokenListView.as_view(), name="tokens"),
    path("me/tokens/<str:uid>/", tokens.TokenView.as_view(), name="token"),
    path("claims/", account.ClaimView.as_view(), name="claims"),
    path("clinics/", account.ClinicListView.as_view(), name="clinics"),
    path("specialties/", account.SpecialtyListView.as_view(), name="specialties"),
]
