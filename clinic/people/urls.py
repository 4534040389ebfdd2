"""Registration of doctors, one's sessions, and the settings. clinic/urls.py has allauth's pages."""

from allauth.account.decorators import reauthentication_required
from allauth.account.views import password_set
from django.urls import include, path

from .views import claims, second_factor, sessions, settings, signup, tokens

after_recent_sign_in = reauthentication_required(allow_get=True)

settings_urls = [
    path("", settings.SettingsView.as_view(), name="index"),
    path("display/", settings.DisplayView.as_view(), name="display"),
    path("patient/", settings.PatientView.as_view(), name="patient"),
    path("doctor/", settings.DoctorView.as_view(), name="doctor"),
    path("tokens/", after_recent_sign_in(tokens.TokensView.as_view()), name="tokens"),
    path("tokens/<str:uid>/revoke/", tokens.RevokeTokenView.as_view(), name="revoke-token"),
]

urlpatterns = [
    path("accounts/doctors/signup/", signup.DoctorSignupView.as_view(), name="doctor_signup"),
    path("accounts/sessions/", sessions.SessionsView.as_view(), name="usersessions_list"),
    path("accounts/again/", second_factor.SignInAgainView.as_view(), name="sign-in-again"),
    path("accounts/2fa/", second_factor.SecondFactorView.as_view(), name="mfa_index"),
    path("accounts/2fa/totp/qr.svg", second_factor.totp_qr, name="totp-qr"),
    path("accounts/password/set/", after_recent_sign_in(password_set), name="account_set_password"),
    path("claim/", claims.ClaimCodeView.as_view(), name="claim-code"),
    path("claim/<str:code>/", claims.ClaimView.as_view(), name="claim"),
    path("desk/patients/<str:uid>/claim/", claims.OfferClaimView.as_view(), name="offer-claim"),
    path("settings/", include((settings_urls, "settings"))),
]
