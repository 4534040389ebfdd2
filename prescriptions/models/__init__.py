"""Prescriptions: what the doctor writes, what the patient holds, what a pharmacist checks."""

from .events import PrescriptionEvent
from .medicine import Medicine
from .prescription import Prescription
from .tries import WrongTry

__all__ = ["Medicine", "Prescription", "PrescriptionEvent", "WrongTry"]
