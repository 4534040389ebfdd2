"""People and the places they work at."""

from .changes import (
    AllergyChange,
    ChartChange,
    ConditionChange,
    MedicationChange,
    PatientChange,
    RepresentationChange,
)
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
    "AllergyChange",
    "ApiToken",
    "Chart",
    "ChartChange",
    "Claim",
    "Clinic",
    "Condition",
    "ConditionChange",
    "Doctor",
    "Medication",
    "MedicationChange",
    "Patient",
    "PatientChange",
    "Representation",
    "RepresentationChange",
    "Specialty",
    "User",
]
