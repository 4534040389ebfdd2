"""What is told around the visit itself, its guests, and emergencies."""

from django.utils.translation import gettext_lazy as _

from appointments.calendar import Method
from clinic.notices.choices import Kind, Side

from .rules import A_WHILE, COMING, EMAIL, GOING_ON, SMS, Rule, Status, plain

UNTAKEN = frozenset({Status.REQUESTED})

RULES: dict[Kind, Rule] = {
    Kind.DOCTOR_READY: Rule(
        {Side.PATIENT: plain(_("The doctor is in the room"), _("Come to the visit now: the doctor is there."))},
        on=(SMS,),
        stands=GOING_ON,
        lasts=A_WHILE,
        joins=True,
    ),
    Kind.DOCTOR_SOON: Rule(
        {Side.PATIENT: plain(_("The doctor will be with you soon"), _("Please stay in the waiting room."))},
        on=(),
        stands=GOING_ON,
        lasts=A_WHILE,
    ),
    Kind.DOCTOR_LATE: Rule(
        {
            Side.PATIENT: plain(
                _("The doctor is late: about %(late)s minutes"),
                _("Your place is kept. You can wait in the waiting room, or come back then."),
            )
        },
        on=(EMAIL, SMS),
        stands=COMING,
        of_time=True,
        lasts=A_WHILE,
        joins=True,
    ),
    Kind.DOCTOR_ABSENT: Rule(
        {
            Side.PATIENT: plain(
                _("The doctor has not come yet"),
                _("We are sorry. You can go on waiting, choose another time, or call the clinic."),
            ),
            Side.DOCTOR: plain(_("You are expected in a visit"), _("It has begun, and the patient waits for you.")),
            Side.STAFF: plain(_("A doctor has not come to a visit"), _("The patient is waiting. Please see to it.")),
        },
        on=(EMAIL, SMS),
        fixed=(EMAIL,),
        stands=COMING,
        of_time=True,
        lasts=A_WHILE,
    ),
    Kind.CALLED: Rule(
        {
            Side.PATIENT: plain(_("It is your turn"), _("The doctor is ready for you. Come back to the visit now.")),
            Side.GUEST: plain(_("It is your turn"), _("The doctor is ready for you. Come back to the visit now.")),
        },
        on=(EMAIL, SMS),
        fixed=(EMAIL,),
        stands=GOING_ON,
        lasts=A_WHILE,
        joins=True,
    ),
    Kind.SOMEBODY_WAITS: Rule(
        {Side.DOCTOR: plain(_("Somebody waits for you"), _("They are in the waiting room of this visit."))},
        on=(),
        stands=GOING_ON,
        lasts=A_WHILE,
    ),
    Kind.INVITATION: Rule(
        {
            Side.GUEST: plain(
                _("You are invited to a video visit"),
                _("Open the link at the time below. You need a browser with camera and microphone, and no account."),
            )
        },
        on=(EMAIL, SMS),
        fixed=(EMAIL, SMS),
        stands=GOING_ON,
        of_time=True,
        joins=True,
        calendar=Method.REQUEST,
    ),
    Kind.INVITATION_MOVED: Rule(
        {
            Side.GUEST: plain(
                _("The video visit has moved: %(start)s"), _("You were invited to it. Use this link, it is a new one.")
            )
        },
        on=(EMAIL, SMS),
        fixed=(EMAIL, SMS),
        stands=GOING_ON,
        of_time=True,
        joins=True,
        calendar=Method.REQUEST,
    ),
    Kind.INVITATION_CANCELLED: Rule(
        {Side.GUEST: plain(_("The invitation is taken back"), _("You need not come. The link no longer works."))},
        on=(EMAIL, SMS),
        fixed=(EMAIL, SMS),
        calendar=Method.CANCEL,
    ),
    Kind.VISIT_MISSED: Rule(
        {
            Side.PATIENT: plain(
                _("We missed you"), _("The visit did not take place. You can choose another time in the portal.")
            )
        },
        stands=frozenset({Status.NO_SHOW}),
    ),
    Kind.CALL_ASKED: Rule(
        {Side.STAFF: plain(_("A patient asks for a call"), _("Please call them about this visit."))},
        fixed=(EMAIL,),
    ),
    Kind.EMERGENCY: Rule(
        {
            Side.ON_CALL: plain(
                _("Somebody needs a doctor now"), _("You are on call. Open the portal and take the visit.")
            )
        },
        on=(EMAIL, SMS),
        fixed=(EMAIL, SMS),
        stands=UNTAKEN,
        lasts=A_WHILE,
    ),
    Kind.EMERGENCY_UNTAKEN: Rule(
        {
            Side.ON_CALL: plain(
                _("Somebody still needs a doctor now"),
                _("Nobody has taken it yet. Open the portal and take the visit."),
            ),
            Side.STAFF: plain(
                _("Nobody has taken an emergency yet"), _("Find a doctor, or call the patient. Open the portal.")
            ),
            Side.PATIENT: plain(
                _("No doctor is free yet"),
                _("Do not wait for us: call %(emergency_phone)s if it is dangerous, or the clinic at %(phone)s."),
            ),
        },
        on=(EMAIL, SMS),
        fixed=(EMAIL, SMS),
        stands=UNTAKEN,
        lasts=A_WHILE,
    ),
}
