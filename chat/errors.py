"""What the rules of the chat refuse, each with its stable code."""

from django.utils.translation import gettext_lazy as _

from clinic.errors import RuleViolation


class ChatNotOpenYet(RuleViolation):
    code = "chat_not_open_yet"
    message = _("You can write to each other once the visit is confirmed.")


class ChatClosed(RuleViolation):
    code = "chat_closed"
    message = _("This chat is closed. You can still read it.")


class ChatClosedByDoctor(RuleViolation):
    code = "chat_closed_by_doctor"
    message = _("The doctor has closed this chat. You can still read it.")


class ClientIdReused(RuleViolation):
    code = "client_id_reused"
    message = _("Another message was already sent under this name. Send this one again.")
