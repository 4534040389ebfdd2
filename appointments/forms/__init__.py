"""What browsers may send about hours, times and appointments."""

from .answers import CancelForm, DeclineForm, EmergencyForm, LateForm, SeenForm, TimeForm
from .booking import ConfirmForm, PatientForm, ReasonForm, SlotForm, WhoForm
from .desk import NewPatientForm, OwnTimeForm, PatientSearchForm, PhoneBookingForm
from .finding import SearchForm, search_choices
from .hours import AvailabilityForm, SingleSlotForm, TimeOffForm

__all__ = [
    "AvailabilityForm",
    "CancelForm",
    "ConfirmForm",
    "DeclineForm",
    "EmergencyForm",
    "LateForm",
    "NewPatientForm",
    "OwnTimeForm",
    "PatientForm",
    "PatientSearchForm",
    "PhoneBookingForm",
    "ReasonForm",
    "SearchForm",
    "SeenForm",
    "SingleSlotForm",
    "SlotForm",
    "TimeForm",
    "TimeOffForm",
    "WhoForm",
    "search_choices",
]
