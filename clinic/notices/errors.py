"""What the rules about messages refuse, each with its stable code."""

from django.utils.translation import gettext_lazy as _

from clinic.errors import RuleViolation


class LinkNotValid(RuleViolation):
    code = "link_not_valid"
    message = _("This link is not complete, or too old. Open the newest message, or sign in to the portal.")


class LinkUsed(RuleViolation):
    code = "link_used"
    message = _("This message was answered already. Sign in to the portal to see how things stand.")


class NothingToAnswer(RuleViolation):
    code = "nothing_to_answer"
    message = _("Things have changed since this message was sent. Sign in to the portal to see how they stand.")
