"""What the rules of booking refuse, each with its stable code."""

from collections.abc import Iterable
from typing import Any

from django.utils.translation import gettext_lazy as _

from clinic.errors import RuleViolation


class TransitionRefused(RuleViolation):
    code = "transition_refused"
    message = _("This appointment has moved on meanwhile. Look at it again.")


class RequestTimeIsOver(RuleViolation):
    code = "request_time_is_over"
    message = _("The time that was asked for is past. Nobody can accept it any more.")


class AppointmentIsOver(RuleViolation):
    code = "appointment_is_over"
    message = _("The time of this appointment is over. Call the clinic if something went wrong.")


class AlreadyBegun(RuleViolation):
    code = "already_begun"
    message = _("The start of this visit is past, so its time can no longer be changed.")


class NotBegunYet(RuleViolation):
    code = "not_begun_yet"
    message = _("This is possible from the start of the appointment on.")


class TooEarlyForNoShow(RuleViolation):
    code = "too_early_for_no_show"
    message = _("Wait until ten minutes after the start. The patient may still come.")


class TooLateToUndo(RuleViolation):
    code = "too_late_to_undo"
    message = _("This can be taken back until the end of the day only.")


class TooLateToMove(RuleViolation):
    code = "too_late_to_move"
    message = _("It is too late to change the time. You can cancel, or call the clinic.")


class TooLateToCancel(RuleViolation):
    code = "too_late_to_cancel"
    message = _("It is too late to cancel here. Call the clinic.")


class TooManyMoves(RuleViolation):
    code = "too_many_moves"
    message = _("This visit has been moved as often as the clinic allows. Call the clinic to move it again.")


class OfferIsGone(RuleViolation):
    code = "offer_is_gone"
    message = _("This offer has been answered or has expired. Look at the appointment again.")


class NotThisDoctorsTime(RuleViolation):
    code = "not_this_doctors_time"
    message = _("This time is with another doctor. Choose one of the same doctor.")


class NobodyOnCall(RuleViolation):
    code = "nobody_on_call"
    message = _("No doctor is on call right now. Call the number on this page.")


class NotOnCall(RuleViolation):
    code = "not_on_call"
    message = _("You are not on call now.")


class AlreadyTaken(RuleViolation):
    code = "already_taken"
    message = _("Another doctor has already taken this emergency.")


class SlotTaken(RuleViolation):
    code = "slot_taken"
    message = _("Somebody else has just taken this time. Choose another one.")


class SlotTooSoon(RuleViolation):
    code = "slot_too_soon"
    message = _("This time is too close or past. Choose a later one.")


class SlotInThePast(RuleViolation):
    code = "slot_in_the_past"
    message = _("A time that is past cannot be offered.")


class SlotOverlaps(RuleViolation):
    code = "slot_overlaps"
    message = _("This overlaps a time that you already offer or a visit that you have.")


class SlotEndsBeforeItStarts(RuleViolation):
    code = "slot_ends_before_it_starts"
    message = _("The end must come after the start.")


class SlotTooLong(RuleViolation):
    code = "slot_too_long"
    message = _("A time that can be booked lasts four hours at the most.")


class SlotTooFarAhead(RuleViolation):
    code = "slot_too_far_ahead"
    message = _("Choose a time within a year from now.")


class SlotBeyondHorizon(RuleViolation):
    code = "slot_beyond_horizon"
    message = _("This time cannot be booked yet. Choose an earlier one.")


class InTimeOff(RuleViolation):
    code = "in_time_off"
    message = _("You have time off then. Remove the time off first.")


class ClinicClosed(RuleViolation):
    code = "clinic_closed"
    message = _("The clinic is closed then. Choose another day.")


class SlotIsBooked(RuleViolation):
    code = "slot_is_booked"
    message = _("This time is booked. Cancel the appointment first.")


class HoursOverlap(RuleViolation):
    code = "hours_overlap"
    message = _("These hours overlap other hours of the same weekday.")


class TooManyHours(RuleViolation):
    code = "too_many_hours"
    message = _("You have as many weekly hours as the portal can keep. Remove some first.")


class OverbookingNeedsReason(RuleViolation):
    code = "overbooking_needs_reason"
    message = _("The doctor has another visit at this time. Say why both have to be, or choose another time.")


class VisitsInTheWay(RuleViolation):
    """A change of hours would leave `visits` outside of them, and nobody has said that they shall stand."""

    code = "visits_in_the_way"
    message = _("Booked visits are in the way: %(visits)s. Say that they stay, or cancel or move them first.")

    def __init__(self, visits: Iterable[Any]) -> None:
        super().__init__()
        self.visits = list(visits)

    def __str__(self) -> str:
        return str(self.message) % {"visits": ", ".join(str(visit) for visit in self.visits)}


class OnCallOverlaps(RuleViolation):
    code = "on_call_overlaps"
    message = _("You are already on call in a part of this time.")


class OverlapsOwnAppointment(RuleViolation):
    code = "overlaps_own_appointment"
    message = _("There is already an appointment at this time. Choose another time or cancel that one first.")


class TooManyOpenAppointments(RuleViolation):
    code = "too_many_open_appointments"
    message = _("The limit of open appointments is reached. Cancel one first, or call the clinic.")


class DoctorNotAvailable(RuleViolation):
    code = "doctor_not_available"
    message = _("This doctor does not take bookings at the moment.")


class ZoneMissing(RuleViolation):
    code = "zone_missing"
    message = _("Choose your time zone in the settings before you publish hours.")


class CalendarBusy(RuleViolation):
    code = "calendar_busy"
    message = _("Many people are booking right now. Try again.")


class NotHeld(RuleViolation):
    code = "not_held"
    message = _("This is possible once the visit has taken place.")
