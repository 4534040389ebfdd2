"""What programs read and send."""

from .appointments import (
    AppointmentSerializer,
    BookSerializer,
    EmergencySerializer,
    EndSerializer,
    EventSerializer,
    TimeSerializer,
)
from .desk import ColleagueSerializer, LateSerializer, OwnTimeSerializer, ToldSerializer
from .finding import (
    DoctorSerializer,
    HeldSerializer,
    PeriodSerializer,
    SearchSerializer,
    SlotSearchSerializer,
    SlotSerializer,
    WhenSerializer,
)
from .hours import (
    AvailabilitySerializer,
    DaysSerializer,
    KeepVisitsSerializer,
    OnCallSerializer,
    TimeOffSerializer,
    TimeSpanSerializer,
)

__all__ = [
    "AppointmentSerializer",
    "AvailabilitySerializer",
    "BookSerializer",
    "ColleagueSerializer",
    "DaysSerializer",
    "DoctorSerializer",
    "EmergencySerializer",
    "EndSerializer",
    "EventSerializer",
    "HeldSerializer",
    "KeepVisitsSerializer",
    "LateSerializer",
    "OnCallSerializer",
    "OwnTimeSerializer",
    "PeriodSerializer",
    "SearchSerializer",
    "SlotSearchSerializer",
    "SlotSerializer",
    "TimeOffSerializer",
    "TimeSerializer",
    "TimeSpanSerializer",
    "ToldSerializer",
    "WhenSerializer",
]
