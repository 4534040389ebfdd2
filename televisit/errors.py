"""What the rules of a visit refuse, each with its stable code."""

from django.utils.translation import gettext_lazy as _

from clinic.errors import RuleViolation


class VisitMovedOn(RuleViolation):
    code = "visit_moved_on"
    message = _("This visit has moved on meanwhile. Look at it again.")


class TooEarly(RuleViolation):
    code = "too_early"
    message = _("The door of this visit is not open yet.")


class VisitIsOver(RuleViolation):
    code = "visit_over"
    message = _("The visit is over.")


class VisitIsCancelled(RuleViolation):
    code = "visit_cancelled"
    message = _("This visit was cancelled.")


class NotAdmitted(RuleViolation):
    code = "not_admitted"
    message = _("The doctor has not let you in yet.")


class WasRemoved(RuleViolation):
    code = "removed"
    message = _("The doctor has ended your part in this visit.")


class NoSeat(RuleViolation):
    code = "no_seat"
    message = _("Come through the door of the visit first.")


class ConsentMissing(RuleViolation):
    code = "consent_missing"
    message = _("Agree to be treated over video first, or call the clinic for another way.")


class RoomIsFull(RuleViolation):
    code = "room_full"
    message = _("The room is full: more people do not fit.")


class CannotRemoveHost(RuleViolation):
    code = "cannot_remove_host"
    message = _("The doctor of the visit cannot be removed from it.")


class DoctorNotIn(RuleViolation):
    code = "doctor_not_in"
    message = _("Join the visit first: only a doctor who is in it can extend it.")


class ExtendedTooFar(RuleViolation):
    code = "extended_too_far"
    message = _("The visit cannot be extended by that much.")


class NotByPhone(RuleViolation):
    code = "not_by_phone"
    message = _("This visit did not go on by phone.")


class NotConfirmed(RuleViolation):
    code = "not_confirmed"
    message = _("Only a confirmed appointment has a visit.")


class NoteIsSigned(RuleViolation):
    code = "note_signed"
    message = _("This note is signed and can no longer be changed.")


class NoteChangedElsewhere(RuleViolation):
    code = "note_changed_elsewhere"
    message = _("This note was changed in another window. Copy your text, then load the page again.")


class NoteIsEmpty(RuleViolation):
    code = "note_empty"
    message = _("Write the note before you sign it.")


class NoteIsUnsigned(RuleViolation):
    code = "note_unsigned"
    message = _("Sign the note first.")


class AdviceChangedElsewhere(RuleViolation):
    code = "advice_changed_elsewhere"
    message = _("This advice was changed in another window. Copy your text, then load the page again.")


class InvitationRevoked(RuleViolation):
    code = "invitation_revoked"
    message = _("This invitation was taken back.")


class NotTheBirthDate(RuleViolation):
    code = "not_the_birth_date"
    message = _("This is not the date of birth that the clinic has. Check it and try again.")


class TooManyTries(RuleViolation):
    code = "too_many_tries"
    message = _("The date of birth was wrong too often. Call the clinic for a new link.")


class PatientNotNamed(RuleViolation):
    code = "patient_not_named"
    message = _("Say first who the patient is.")


class PatientIsNamed(RuleViolation):
    code = "patient_is_named"
    message = _("This visit has its patient already.")


class NotTested(RuleViolation):
    code = "not_tested"
    message = _("Test the connection first: a service is taken into use once it works.")
