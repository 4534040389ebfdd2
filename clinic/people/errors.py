"""What the rules about people's records refuse, each with its stable code."""

from django.utils.translation import gettext_lazy as _

from clinic.errors import RuleViolation


class RecordAlreadyClaimed(RuleViolation):
    code = "record_already_claimed"
    message = _("This record already belongs to an account.")


class HasOwnRecord(RuleViolation):
    code = "has_own_record"
    message = _("Your account already has a record of its own. Call the clinic: they put the two together.")


class NotScannedYet(RuleViolation):
    code = "not_scanned_yet"
    message = _("This file is still being checked for viruses. Try again in a minute.")


class HasVirus(RuleViolation):
    code = "has_virus"
    message = _("A virus was found in this file, and nobody can open it. Ask for a clean copy, and add that.")


class TooManyTokens(RuleViolation):
    code = "too_many_tokens"
    message = _("You have as many tokens as one person can have. Revoke one that you do not need.")
