"""What each notice says. Short, plain, and without a word about anybody's health."""

from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.utils import timezone
from django.utils.formats import date_format, number_format
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, pgettext

from appointments.models import Appointment
from clinic.templatetags.portal import clock, day, short_day, zone_name
from clinic.text import one_line

from .models import Kind, Notice


@dataclass(frozen=True)
class Words:
    """`subject` heads the e-mail and gives nothing away; `title` heads the notice in the portal; `text` is in both."""

    subject: Any
    title: Any
    text: Any


def plain(title: Any, text: Any) -> Words:
    """Words whose title may stand in a subject as well."""
    return Words(title, title, text)


WORDS: dict[str, Words] = {
    Kind.REQUEST_RECEIVED: plain(
        gettext_lazy("A request waits for your answer"),
        gettext_lazy("Answer by %(respond_by)s. After that the request ends and the time is free again."),
    ),
    Kind.REQUESTED: plain(
        gettext_lazy("We have your request"),
        gettext_lazy("The doctor answers by %(respond_by)s. We write to you as soon as there is an answer."),
    ),
    Kind.CONFIRMED: plain(
        gettext_lazy("Your visit is confirmed"),
        gettext_lazy("The waiting room opens %(minutes)s minutes before the visit. You join with a browser."),
    ),
    Kind.DECLINED: plain(
        gettext_lazy("Your request was declined"),
        gettext_lazy(
            "The doctor cannot take this visit. Nothing is booked. You can choose another time in the portal."
        ),
    ),
    Kind.EXPIRED: plain(
        gettext_lazy("Your request was not answered in time"),
        gettext_lazy("Nothing is booked. We are sorry. You can choose another time in the portal."),
    ),
    Kind.CANCELLED: plain(
        gettext_lazy("The visit is cancelled"),
        gettext_lazy("It does not take place. Nobody needs to come."),
    ),
    Kind.REMINDER: plain(
        gettext_lazy("Your visit: %(start)s"),
        gettext_lazy("The waiting room opens %(minutes)s minutes before the visit. You join with a browser."),
    ),
    Kind.PRESCRIPTION_ISSUED: Words(
        gettext_lazy("There is a new document for you"),
        gettext_lazy("You have a new prescription"),
        gettext_lazy("Sign in to read it and to download it."),
    ),
    Kind.PRESCRIPTION_REVOKED: Words(
        gettext_lazy("A document of yours was withdrawn"),
        gettext_lazy("A prescription was withdrawn"),
        gettext_lazy("It must not be used any more. Sign in to read why."),
    ),
}
WORDS_FOR_DOCTOR: dict[str, Words] = {
    Kind.EXPIRED: plain(
        gettext_lazy("A request ended without your answer"),
        gettext_lazy("The patient has been told. The time is free again."),
    ),
}


def words_of(notice: Notice) -> Words:
    """What `notice` says, in the current language and zone."""
    words = (WORDS_FOR_DOCTOR if notice.is_for_doctor else {}).get(notice.kind) or WORDS[notice.kind]
    blanks = blanks_of(notice.appointment)
    return Words(*(str(text) % blanks for text in (words.subject, words.title, words.text)))


def blanks_of(appointment: Appointment) -> dict[str, str]:
    """What stands in the words' blanks."""
    respond_by = appointment.respond_by
    return {
        "start": short_moment(appointment.starts_at),
        "respond_by": moment(respond_by) if respond_by else "",
        "minutes": number_format(appointment.clinic.join_minutes_before),
    }


def facts_of(notice: Notice) -> list[tuple[str, str]]:
    """When, with whom and, if it is not the reader, for whom: pairs of label and value."""
    appointment = notice.appointment
    doctor, patient = appointment.doctor, appointment.patient
    facts = []
    if notice.prescription is None:
        facts.append((_("When"), period_in_words(appointment)))
    if notice.is_for_doctor:
        facts.append((_("Patient"), one_line(str(patient))))
        return facts
    facts.append((_("Doctor"), one_line(str(doctor))))
    if patient is not None and patient.user_id != notice.recipient_id:
        facts.append((_("For"), one_line(patient.name)))
    return facts


def period_in_words(appointment: Appointment) -> str:
    """As "Friday 20 November 2026, 16:20 to 16:40, Lisbon time (UTC+1)"."""
    start, end = timezone.localtime(appointment.period.lower), timezone.localtime(appointment.period.upper)
    return _("%(day)s, %(start)s to %(end)s, %(zone)s") % {
        "day": date_format(start, pgettext("day with its year, as Django's date format", "l j F Y")),
        "start": clock(start),
        "end": clock(end),
        "zone": zone_in_words(start),
    }


def moment(at: datetime) -> str:
    """As "Friday 20 November, 16:20, Lisbon time"."""
    return _("%(day)s, %(time)s, %(zone)s") % {"day": day(at), "time": clock(at), "zone": current_zone_name()}


def short_moment(at: datetime) -> str:
    """As "Fri 20 Nov, 16:20, Lisbon time"."""
    return _("%(day)s, %(time)s, %(zone)s") % {"day": short_day(at), "time": clock(at), "zone": current_zone_name()}


def zone_in_words(at: datetime) -> str:
    """The zone and how far it is ahead of UTC, which tells apart the two hours that a clock change makes alike."""
    name, offset = current_zone_name(), at.strftime("%z")
    if name == "UTC":
        return name
    hours, minutes = offset[:3].replace("-", "\u2212"), offset[3:]
    ahead = "" if offset == "+0000" else f"{hours[0]}{int(hours[1:])}" + (f":{minutes}" if minutes != "00" else "")
    return f"{name} (UTC{ahead})"


def current_zone_name() -> str:
    zone = timezone.get_current_timezone_name()
    return zone if zone == "UTC" else zone_name(zone)
