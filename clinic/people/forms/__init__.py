"""What browsers may send about people."""

from .settings import DisplayForm, DoctorSettingsForm, PatientSettingsForm
from .signup import DoctorSignupForm, PatientSignupForm

__all__ = ["DisplayForm", "DoctorSettingsForm", "DoctorSignupForm", "PatientSettingsForm", "PatientSignupForm"]
