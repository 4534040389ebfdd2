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
