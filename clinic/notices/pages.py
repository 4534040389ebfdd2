"""Which page of the portal a notice is about."""

from django.urls import reverse

from .choices import Kind, Side
from .models import Notice

PLAIN: dict[str, str] = {  # kinds that are about one page for everybody
    Kind.FOLLOW_UP_DUE: "find",
    Kind.REGISTERED: "home",
    Kind.DOCTOR_REGISTERED: "admin:people_doctor_changelist",
    Kind.APPROVED: "doctor:hours",
    Kind.NEW_SIGN_IN: "usersessions_list",
    Kind.SECOND_FACTOR: "settings:index",
}


def page_of(notice: Notice) -> str:
    """Its address, one that the recipient may open."""
    if notice.kind in PLAIN:
        return reverse(PLAIN[notice.kind])
    if notice.kind == Kind.CHART_ADDED:
        return record_page(notice)
    if notice.kind == Kind.SUMMARY_READY and notice.appointment is not None:
        return reverse("record:after-visit", args=[notice.appointment.reference])
    if notice.side == Side.FORMER_DOCTOR:  # whose appointment it is no longer
        return reverse("doctor:today")
    about = notice.prescription or notice.appointment
    return about.get_absolute_url() if about is not None else reverse("home")


def record_page(notice: Notice) -> str:
    if notice.side == Side.DOCTOR and notice.patient is not None:
        return reverse("record:patient", args=[notice.patient.uid])
    return reverse("record:own")
