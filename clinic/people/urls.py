"""Registration of doctors, one's sessions, and the settings. clinic/urls.py has allauth's pages."""

from django.urls import include, path

from .views import claims, sessions, settings, signup, tokens

settings_urls = [
    path("", settings.SettingsView.as_view(), name="index"),
    path("display/", settings.DisplayView.as_view(), name="display"),
    path("patient/", settings.PatientView.as_view(), name="patient"),
    path("doctor/", settings.DoctorView.as_view(), name="doctor"),
    path("tokens/", tokens.TokensView.as_view(), name="tokens"),
    path("tokens/<str:uid>/revoke/", tokens.RevokeTokenView.as_view(), name="revoke-token"),
]

urlpatterns = [
    path("accounts/doctors/signup/", signup.DoctorSignupView.as_view(), name="doctor_signup"),
    path("accounts/sessions/", sessions.SessionsView.as_view(), name="usersessions_list"),
    path("claim/", claims.ClaimCodeView.as_view(), name="claim-code"),
    path("claim/<str:code>/", claims.ClaimView.as_view(), name="claim"),
    path("desk/patients/<str:uid>/claim/", claims.OfferClaimView.as_view(), name="offer-claim"),
    path("settings/", include((settings_urls, "settings"))),
]
