"""What browsers may send about hours, times and appointments."""

from .answers import CancelForm, DeclineForm, EmergencyForm, HandOverForm, LateForm, SeenForm, TimeForm
from .booking import ConfirmForm, PatientForm, ReasonForm, SlotForm, WhoForm
from .desk import NewPatientForm, OwnTimeForm, PatientSearchForm, PhoneBookingForm
from .finding import SearchForm, search_choices
from .hours import CopyForm, OnCallForm, PeriodFormSet, SingleSlotForm, TimeOffForm

__all__ = [
    "CancelForm",
    "ConfirmForm",
    "CopyForm",
    "DeclineForm",
    "EmergencyForm",
    "HandOverForm",
    "LateForm",
    "NewPatientForm",
    "OnCallForm",
    "OwnTimeForm",
    "PatientForm",
    "PatientSearchForm",
    "PeriodFormSet",
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
