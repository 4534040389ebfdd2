"""What browsers may send about hours, times and appointments."""

from .answers import CancelForm, DeclineForm
from .booking import ConfirmForm, PatientForm, ReasonForm, SlotForm, WhoForm
from .finding import SearchForm, search_choices
from .hours import AvailabilityForm, SingleSlotForm, TimeOffForm

__all__ = [
    "AvailabilityForm",
    "CancelForm",
    "ConfirmForm",
    "DeclineForm",
    "PatientForm",
    "ReasonForm",
    "SearchForm",
    "SingleSlotForm",
    "SlotForm",
    "TimeOffForm",
    "WhoForm",
    "search_choices",
]
