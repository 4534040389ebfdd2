"""Where a message leads: links that open a page and change nothing. The first one is the mail's button."""

from dataclasses import dataclass

from django.conf import settings
from django.urls import reverse
from django.utils.translation import gettext as _

from televisit.models import Invitation, Visit
from televisit.models.choices import Role

from .answering import answer_path
from .choices import Kind, Side
from .models import Delivery, Notice
from .pages import page_of

CLINICAL = {  # their address says too much
    Kind.SUMMARY_READY,
    Kind.PRESCRIPTION_ISSUED,
    Kind.PRESCRIPTION_REVOKED,
    Kind.CHART_ADDED,
}
PORTAL = {Kind.REGISTERED, Kind.DOCTOR_REGISTERED, Kind.APPROVED, Kind.NEW_SIGN_IN, Kind.SECOND_FACTOR}


@dataclass(frozen=True)
class Link:
    label: str
    address: str


def links_of(delivery: Delivery) -> list[Link]:
    """The way into the visit, the answers, the page; made when the message is sent, for such a link is not stored."""
    notice = delivery.notice
    return [*join_links(delivery), *answer_links(notice), *page_links(notice)]


def join_links(delivery: Delivery) -> list[Link]:
    """The way in for one person: a doctor's is the plain door, which asks to sign in."""
    notice = delivery.notice
    visit = getattr(notice.appointment, "visit", None)
    if not notice.rule.joins or visit is None or notice.side == Side.FORMER_DOCTOR:
        return []
    if notice.side == Side.DOCTOR:
        return [Link(_("Join the visit"), absolute(visit.get_absolute_url()))]
    return [Link(_("Join the visit"), invitation_of(delivery, visit).renew_link())]


def invitation_of(delivery: Delivery, visit: Visit) -> Invitation:
    """The guest's own; for the patient's side one for each message, so that a newer one does not end an older one."""
    notice = delivery.notice
    if notice.invitation is not None:
        return notice.invitation
    if delivery.invitation is None:
        is_patient = visit.appointment.patient.user_id == notice.recipient_id
        role = Role.PATIENT if is_patient else Role.REPRESENTATIVE
        delivery.invitation = Invitation.objects.link_for(visit, notice.person, role=role)
        delivery.save(update_fields=["invitation"])
    return delivery.invitation


def answer_links(notice: Notice) -> list[Link]:
    actions = notice.rule.answers.get(Side(notice.side), ())
    return [Link(str(action.label), absolute(answer_path(notice, action))) for action in actions]


def page_links(notice: Notice) -> list[Link]:
    """What a guest may open is the link of the invitation alone."""
    if notice.side == Side.GUEST:
        return []
    if notice.kind in CLINICAL:
        return [Link(_("Open the portal"), absolute(reverse("notices:list")))]
    if notice.kind in PORTAL or notice.side == Side.FORMER_DOCTOR:
        return [Link(_("Open the portal"), absolute(page_of(notice)))]
    label = _("Choose a time") if notice.kind == Kind.FOLLOW_UP_DUE else _("See the appointment")
    return [Link(label, absolute(page_of(notice)))]


def absolute(path: str) -> str:
    return settings.PUBLIC_URL + path
