"""What the rules of prescribing refuse, each with its stable code."""

from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from clinic.errors import RuleViolation


class AppointmentNotConfirmed(RuleViolation):
    code = "appointment_not_confirmed"
    message = _("A prescription can be written once the appointment is confirmed and has a patient.")


class NotADraft(RuleViolation):
    code = "not_a_draft"
    message = _("This prescription has been issued and cannot be changed. Revoke it and write a new one.")


class NotIssued(RuleViolation):
    code = "not_issued"
    message = _("This prescription is not issued, or has been revoked meanwhile.")


class EditedElsewhere(RuleViolation):
    code = "edited_elsewhere"
    message = _("This draft was changed in another window meanwhile. Open it again to see how it stands.")


class NoMedicines(RuleViolation):
    code = "no_medicines"
    message = _("Add at least one medicine before you issue the prescription.")


class NotReviewed(RuleViolation):
    code = "not_reviewed"
    message = _("Confirm that you have reviewed the patient's allergies and medicines.")


class RecordChanged(RuleViolation):
    code = "record_changed"
    message = _("The patient's allergies or medicines have changed since you opened this page. Read them once more.")


class MatchNeedsReason(RuleViolation):
    code = "match_needs_reason"
    message = _("A name on this prescription is also on the patient's record. Say why you prescribe it all the same.")


class Unfinished(RuleViolation):
    code = "unfinished"
    message = _("The draft has changes that were not checked yet. Open it, and check it once more.")


class ControlledMedicine(RuleViolation):
    """`names` are controlled, and the clinic does not allow to prescribe those."""

    code = "controlled_medicine"

    def __init__(self, names: str) -> None:
        super().__init__(names)
        self.names = names

    def __str__(self) -> str:
        return gettext("Your clinic does not allow controlled medicines here: %(names)s.") % {"names": self.names}


class DatePassed(RuleViolation):
    code = "date_passed"
    message = _("The follow-up or the last day of validity has passed meanwhile. Enter a later date.")


class CannotBePrinted(RuleViolation):
    """The PDF's fonts lack `characters`."""

    code = "cannot_be_printed"

    def __init__(self, characters: str) -> None:
        super().__init__(characters)
        self.characters = characters

    def __str__(self) -> str:
        return gettext(
            "The printed prescription cannot show these characters: %(characters)s. Write them otherwise."
        ) % {"characters": self.characters}


class TooManyTries(RuleViolation):
    code = "too_many_tries"
    message = _("There were too many wrong dates for this prescription. Try again tomorrow, or call the clinic.")
