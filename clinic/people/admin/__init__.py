"""People and clinics for staff. Nothing here shows clinical text."""

from .clinics import ClinicAdmin, SpecialtyAdmin
from .doctors import DoctorAdmin
from .patients import PatientAdmin, RepresentationAdmin
from .users import UserAdmin

__all__ = ["ClinicAdmin", "DoctorAdmin", "PatientAdmin", "RepresentationAdmin", "SpecialtyAdmin", "UserAdmin"]
