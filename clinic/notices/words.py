"""What a notice says, in the current language and zone; short, plain, and without a word about anybody's health."""

from datetime import datetime

from django.utils import timezone
from django.utils.formats import date_format, number_format
from django.utils.translation import gettext as _
from django.utils.translation import pgettext

from appointments.models import Appointment
from clinic.templatetags.portal import clock, day, short_day, zone_name
from clinic.text import one_line

from .choices import Kind, Side
from .kinds import Words
from .models import Notice
from .readers import clinic_of

UNTIMED = {Kind.PRESCRIPTION_ISSUED, Kind.PRESCRIPTION_REVOKED, Kind.FOLLOW_UP_DUE, Kind.MESSAGE_UNREAD}


def words_of(notice: Notice) -> Words:
    """What `notice` says to its side, its blanks filled."""
    words = notice.rule.words[Side(notice.side)]
    blanks = {**blanks_of_appointment(notice), **blanks_of_change(notice)}
    return Words(*(str(text) % blanks for text in (words.subject, words.title, words.text)))


def blanks_of_appointment(notice: Notice) -> dict[str, str]:
    """How the appointment stands now, and whom to call."""
    appointment, clinic = notice.appointment, clinic_of(notice)
    return {
        "start": short_moment(appointment.starts_at) if appointment and appointment.starts_at else "",
        "respond_by": moment(appointment.respond_by) if appointment and appointment.respond_by else "",
        "minutes": number_format(clinic.join_minutes_before),
        "phone": clinic.phone,
        "emergency_phone": clinic.emergency_phone,
    }


def blanks_of_change(notice: Notice) -> dict[str, str]:
    """What was before, what is offered, how late it gets; the detail that the notice itself keeps."""
    event, offer = notice.event, notice.offer
    before = event.period_before if event is not None else None
    return {
        "before": moment(before.lower) if before else "",
        "late": number_format(event.minutes) if event is not None and event.minutes else "",
        "offered": moment(offer.period.lower) if offer is not None else "",
        "until": moment(offer.expires_at) if offer is not None else "",
        "detail": notice.detail,
    }


def facts_of(notice: Notice) -> list[tuple[str, str]]:
    """When, with whom and, if it is not the reader, for whom: pairs of label and value."""
    appointment = notice.appointment
    if appointment is None:
        return people_facts(notice, None)
    facts = []
    if appointment.period is not None and notice.kind not in UNTIMED:
        facts.append((_("When"), period_in_words(appointment)))
    return [*facts, *people_facts(notice, appointment)]


def people_facts(notice: Notice, appointment: Appointment | None) -> list[tuple[str, str]]:
    """The other side, as the reader may know it: who is on call, and guests, read no patient's name."""
    doctor = appointment.doctor if appointment is not None else None
    patient = notice.patient or (appointment.patient if appointment is not None else None)
    facts = []
    if doctor is not None and notice.side in {Side.PATIENT, Side.STAFF, Side.GUEST}:
        facts.append((_("Doctor"), one_line(str(doctor))))
    if patient is not None and notice.side in {Side.DOCTOR, Side.FORMER_DOCTOR, Side.STAFF}:
        facts.append((_("Patient"), one_line(str(patient))))
    if patient is not None and notice.side == Side.PATIENT and patient.user_id != notice.recipient_id:
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
