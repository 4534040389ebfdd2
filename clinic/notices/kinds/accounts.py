"""What is told of people's accounts."""

from django.utils.translation import gettext_lazy as _

from clinic.notices.choices import Kind, Side

from .rules import EMAIL, Rule, plain

NOT_YOU = _("If it was not you, sign out everywhere in the settings, and call the clinic.")

RULES: dict[Kind, Rule] = {
    Kind.REGISTERED: Rule(
        {
            Side.PATIENT: plain(
                _("Welcome"), _("You have an account now. You sign in with this address, and see your visits there.")
            ),
            Side.DOCTOR: plain(
                _("Welcome"),
                _("We have your registration. The clinic compares it with the register; then patients can book you."),
            ),
        }
    ),
    Kind.DOCTOR_REGISTERED: Rule(
        {
            Side.STAFF: plain(
                _("A doctor waits to be checked"), _("Compare the register, then approve them in the admin.")
            )
        }
    ),
    Kind.APPROVED: Rule(
        {
            Side.DOCTOR: plain(
                _("You are approved"), _("Publish your hours in the portal; from then on patients can book you.")
            )
        },
        fixed=(EMAIL,),
    ),
    Kind.NEW_SIGN_IN: Rule(
        {Side.PERSON: plain(_("New sign-in: %(detail)s"), NOT_YOU)},
        fixed=(EMAIL,),
    ),
    Kind.SECOND_FACTOR: Rule(
        {Side.PERSON: plain(_("The second step of signing in was changed"), NOT_YOU)},
        fixed=(EMAIL,),
    ),
}
