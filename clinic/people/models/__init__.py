"""People and the places they work at."""

from .charts import Chart
from .claims import Claim
from .clinics import Clinic, Specialty
from .doctors import Doctor
from .history import Allergy, Condition, Medication
from .patients import Patient, Representation
from .tokens import ApiToken
from .users import User

__all__ = [
    "Allergy",
    "ApiToken",
    "Chart",
    "Claim",
    "Clinic",
    "Condition",
    "Doctor",
    "Medication",
    "Patient",
    "Representation",
    "Specialty",
    "User",
]
