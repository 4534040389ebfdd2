"""What browsers may send about people."""

from .claims import ClaimCodeForm, ClaimForm, OfferClaimForm
from .settings import DisplayForm, DoctorSettingsForm, PatientSettingsForm
from .signup import DoctorSignupForm, PatientSignupForm
from .tokens import TokenForm

__all__ = [
    "ClaimCodeForm",
    "ClaimForm",
    "DisplayForm",
    "DoctorSettingsForm",
    "DoctorSignupForm",
    "OfferClaimForm",
    "PatientSettingsForm",
    "PatientSignupForm",
    "TokenForm",
]
