"""What browsers may send about people."""

from .claims import ClaimCodeForm, ClaimForm, OfferClaimForm
from .settings import DisplayForm, DoctorSettingsForm, PatientSettingsForm
from .signup import DoctorSignupForm, PatientSignupForm

__all__ = [
    "ClaimCodeForm",
    "ClaimForm",
    "DisplayForm",
    "DoctorSettingsForm",
    "DoctorSignupForm",
    "OfferClaimForm",
    "PatientSettingsForm",
    "PatientSignupForm",
]
