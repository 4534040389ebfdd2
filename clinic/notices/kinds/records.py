"""What is told of the record and the chat: that there is something, and never what."""

from django.utils.translation import gettext_lazy as _

from clinic.notices.choices import Kind, Side

from .rules import Rule, Words

SIGN_IN = _("Sign in to read it and to download it.")

RULES: dict[Kind, Rule] = {
    Kind.SUMMARY_READY: Rule(
        {
            Side.PATIENT: Words(
                _("There is a new document for you"),
                _("The summary of your visit is ready"),
                _("Sign in to read what to do now."),
            )
        }
    ),
    Kind.PRESCRIPTION_ISSUED: Rule(
        {Side.PATIENT: Words(_("There is a new document for you"), _("You have a new prescription"), SIGN_IN)}
    ),
    Kind.PRESCRIPTION_REVOKED: Rule(
        {
            Side.PATIENT: Words(
                _("A document of yours was withdrawn"),
                _("A prescription was withdrawn"),
                _("It must not be used any more. Sign in to read why."),
            )
        },
        fixed=("email",),
    ),
    Kind.CHART_ADDED: Rule(
        {
            Side.PATIENT: Words(_("There is a new document for you"), _("There is a new file in your record"), SIGN_IN),
            Side.DOCTOR: Words(
                _("There is a new document for you"), _("A patient has added a file"), _("Sign in to read it.")
            ),
        }
    ),
    Kind.FOLLOW_UP_DUE: Rule(
        {
            Side.PATIENT: Words(
                _("It is time to see the doctor again"),
                _("Your follow-up is due"),
                _("Your doctor wished to see you again about now. You can choose a time in the portal."),
            )
        }
    ),
    Kind.MESSAGE_UNREAD: Rule(
        {
            Side.PATIENT: Words(
                _("A message waits for you"), _("You have a message that you have not read"), _("Sign in to read it.")
            ),
            Side.DOCTOR: Words(
                _("A message waits for you"), _("You have a message that you have not read"), _("Sign in to read it.")
            ),
        }
    ),
}
