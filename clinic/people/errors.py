"""What the rules about people's records refuse, each with its stable code."""

from django.utils.translation import gettext_lazy as _

from clinic.errors import RuleViolation


class RecordAlreadyClaimed(RuleViolation):
    code = "record_already_claimed"
    message = _("This record already belongs to an account.")


class HasOwnRecord(RuleViolation):
    code = "has_own_record"
    message = _("Your account already has a record of its own. Call the clinic: they put the two together.")


class TooManyTokens(RuleViolation):
    code = "too_many_tokens"
    message = _("You have as many tokens as one person can have. Revoke one that you do not need.")
