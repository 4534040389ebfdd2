"""What is told of requests, confirmations, offers and moves."""

from django.utils.translation import gettext_lazy as _

from appointments.calendar import Method
from clinic.notices.choices import Action, Kind, Side

from .rules import COMING, EMAIL, GOING_ON, SMS, Rule, Status, plain

REQUESTED = frozenset({Status.REQUESTED})
ASKED = REQUESTED | COMING
HOW_TO_JOIN = _("The waiting room opens %(minutes)s minutes before the visit. You join with a browser.")

RULES: dict[Kind, Rule] = {
    Kind.REQUEST_RECEIVED: Rule(
        {
            Side.DOCTOR: plain(
                _("A request waits for your answer"),
                _("Answer by %(respond_by)s. After that the request ends and the time is free again."),
            )
        },
        fixed=(EMAIL,),
        stands=REQUESTED,
        of_time=True,
        answers={Side.DOCTOR: (Action.ACCEPT, Action.DECLINE)},
    ),
    Kind.REQUESTED: Rule(
        {
            Side.PATIENT: plain(
                _("We have your request"),
                _("The doctor answers by %(respond_by)s. We write to you as soon as there is an answer."),
            )
        },
        stands=REQUESTED,
        of_time=True,
        answers={Side.PATIENT: (Action.CANCEL,)},
    ),
    Kind.CONFIRMED: Rule(
        {
            Side.PATIENT: plain(_("Your visit is confirmed"), HOW_TO_JOIN),
            Side.DOCTOR: plain(_("Your visit is confirmed"), HOW_TO_JOIN),
        },
        fixed=(EMAIL,),
        stands=GOING_ON,
        of_time=True,
        joins=True,
        calendar=Method.REQUEST,
        answers={Side.PATIENT: (Action.CANCEL,)},
    ),
    Kind.DECLINED: Rule(
        {
            Side.PATIENT: plain(
                _("Your request was declined"),
                _("The doctor cannot take this visit. Nothing is booked. You can choose another time in the portal."),
            )
        },
        fixed=(EMAIL,),
    ),
    Kind.EXPIRED: Rule(
        {
            Side.PATIENT: plain(
                _("Your request was not answered in time"),
                _("Nothing is booked. We are sorry. You can choose another time in the portal."),
            ),
            Side.DOCTOR: plain(
                _("A request ended without your answer"), _("The patient has been told. The time is free again.")
            ),
        },
        fixed=(EMAIL,),
    ),
    Kind.OFFERED: Rule(
        {
            Side.PATIENT: plain(
                _("The doctor offers you another time: %(offered)s"),
                _("It is kept for you until %(until)s. Until you take it, everything stays as it is."),
            )
        },
        on=(EMAIL, SMS),
        fixed=(EMAIL,),
        stands=ASKED,
        of_time=True,
        answers={Side.PATIENT: (Action.TAKE,)},
    ),
    Kind.MOVE_WISHED: Rule(
        {
            Side.DOCTOR: plain(
                _("A patient asks for another time: %(offered)s"),
                _("Answer by %(until)s. Until you do, everything stays as it is."),
            )
        },
        fixed=(EMAIL,),
        stands=ASKED,
        of_time=True,
        answers={Side.DOCTOR: (Action.TAKE,)},
    ),
    Kind.OFFER_REFUSED: Rule(
        {
            Side.PATIENT: plain(
                _("The other time is not possible"), _("Your visit stays as it was, at the time below.")
            ),
            Side.DOCTOR: plain(
                _("The time that you offered was refused"), _("Everything stays as it was, at the time below.")
            ),
        },
        stands=ASKED,
        of_time=True,
    ),
    Kind.OFFER_EXPIRED: Rule(
        {
            Side.PATIENT: plain(
                _("The other time is no longer kept"), _("Nobody answered in time. Everything stays as it was.")
            ),
            Side.DOCTOR: plain(
                _("An offered time was not answered"), _("It is free again. Everything else stays as it was.")
            ),
        },
        stands=ASKED,
        of_time=True,
    ),
    Kind.MOVED: Rule(
        {
            Side.PATIENT: plain(_("Your visit has moved: %(start)s"), _("It was on %(before)s before.")),
            Side.DOCTOR: plain(_("A visit of yours has moved: %(start)s"), _("It was on %(before)s before.")),
        },
        on=(EMAIL, SMS),
        fixed=(EMAIL,),
        stands=ASKED,
        of_time=True,
        joins=True,
        calendar=Method.REQUEST,
        answers={Side.PATIENT: (Action.CANCEL,)},
    ),
    Kind.CANCELLED: Rule(
        {
            Side.PATIENT: plain(_("The visit is cancelled"), _("It does not take place. Nobody needs to come.")),
            Side.DOCTOR: plain(_("The visit is cancelled"), _("It does not take place. Nobody needs to come.")),
        },
        on=(EMAIL, SMS),
        fixed=(EMAIL,),
        calendar=Method.CANCEL,
    ),
    Kind.OTHER_DOCTOR: Rule(
        {
            Side.PATIENT: plain(
                _("Another doctor sees you"),
                _("The time stays the same. If you do not want that, you can cancel or choose another time."),
            ),
            Side.DOCTOR: plain(_("A colleague's visit is now yours"), _("Patient and doctor before have been told.")),
            Side.FORMER_DOCTOR: plain(
                _("A visit of yours went to a colleague"), _("The patient and the colleague have been told.")
            ),
        },
        fixed=(EMAIL,),
        stands=ASKED,
        of_time=True,
        joins=True,
        calendar=Method.REQUEST,
        answers={Side.PATIENT: (Action.CANCEL,)},
    ),
    Kind.LINK_SENT: Rule(
        {Side.PATIENT: plain(_("The link to your visit"), HOW_TO_JOIN)},
        on=(EMAIL, SMS),
        fixed=(EMAIL,),
        stands=GOING_ON,
        of_time=True,
        joins=True,
    ),
    Kind.REMINDER: Rule(
        {
            Side.PATIENT: plain(_("Your visit: %(start)s"), HOW_TO_JOIN),
            Side.DOCTOR: plain(_("Your visit: %(start)s"), HOW_TO_JOIN),
        },
        on=(EMAIL, SMS),
        stands=COMING,
        of_time=True,
        before=True,
        joins=True,
        answers={Side.PATIENT: (Action.CONFIRM, Action.CANCEL)},
    ),
    Kind.COMING: Rule(
        {Side.DOCTOR: plain(_("The patient says: I will come"), _("They answered our reminder."))},
        on=(),
        stands=COMING,
        of_time=True,
    ),
}
