"""Appointments as calendar files (RFC 5545): for download, as invitation or withdrawal in an e-mail, and as a feed.

The same appointment keeps its UID for life and counts its SEQUENCE up, so that a calendar moves or removes what it
has. Nothing clinical is in it, since calendars are shared.
"""

from dataclasses import dataclass
from datetime import datetime, timedelta
from email.utils import parseaddr
from enum import StrEnum
from urllib.parse import urlsplit

from django.conf import settings
from django.http import Http404, HttpResponse
from django.utils import timezone, translation
from django.utils.translation import gettext as _
from icalendar import CLASS, CUTYPE, PARTSTAT, ROLE, STATUS, TRANSP, Alarm, Calendar, Conference, Event, vCalAddress

from clinic.people.models import User
from clinic.text import one_line

from .models import Appointment, Feed

PRODUCT = "-//Clinic portal//Appointments//EN"
REMIND_BEFORE = timedelta(minutes=15)
FETCH_EVERY = timedelta(hours=1)  # what programs are asked for; each does as it likes
STATUSES: dict[str, STATUS] = {
    Appointment.Status.REQUESTED: STATUS.TENTATIVE,
    Appointment.Status.CONFIRMED: STATUS.CONFIRMED,
    Appointment.Status.IN_PROGRESS: STATUS.CONFIRMED,
    Appointment.Status.COMPLETED: STATUS.CONFIRMED,
    Appointment.Status.NO_SHOW: STATUS.CONFIRMED,
}


@dataclass(frozen=True)
class Attendee:
    """Whom an e-mail with the file goes to. A guest has no account, and a link that no calendar is told."""

    address: str
    name: str
    is_guest: bool = False


class Method(StrEnum):
    """What a calendar shall do with the file (RFC 5546)."""

    PUBLISH = "PUBLISH"
    REQUEST = "REQUEST"
    CANCEL = "CANCEL"


def calendar_file(
    appointment: Appointment,
    *,
    method: Method = Method.PUBLISH,
    attendee: Attendee | None = None,
    at: datetime | None = None,
) -> bytes:
    """The file's bytes, as made at the instant `at`. An e-mail names as `attendee` whom it goes to, and nobody else."""
    event = event_of(appointment, at=at or timezone.now())
    if attendee is not None:
        event.attendees = [as_written(attendee)]
        event.description = description_for(attendee, address_of(appointment))
    if method == Method.CANCEL:
        event.status = STATUS.CANCELLED
    return calendar_of([event], method=method).to_ical()


def feed_file(feed: Feed, *, at: datetime) -> bytes:
    """The whole calendar of the feed's user, in their language. The same bytes until something changes."""
    with translation.override(language_of(feed.user)):
        events = [event_of(each, at=each.updated_at) for each in feed.appointments(at)]
        calendar = calendar_of(events, method=Method.PUBLISH)
        calendar.add("X-WR-CALNAME", _("Visits"))
    calendar.add("X-PUBLISHED-TTL", FETCH_EVERY, parameters={"VALUE": "DURATION"})
    calendar.add("REFRESH-INTERVAL", FETCH_EVERY, parameters={"VALUE": "DURATION"})
    return calendar.to_ical()


def language_of(user: User) -> str:
    return user.language if user.language in dict(settings.LANGUAGES) else settings.LANGUAGE_CODE


def calendar_of(events: list[Event], *, method: Method) -> Calendar:
    """The events with their reminders, which what is cancelled has none of."""
    for event in events:
        if event.status != STATUS.CANCELLED:
            event.add_component(reminder_of(event))
    calendar = Calendar.new(prodid=PRODUCT, calscale="GREGORIAN", method=method, subcomponents=events)
    del calendar["UID"]  # the library gives the file a name of its own, which some programs take for the event's
    return calendar


def event_of(appointment: Appointment, *, at: datetime) -> Event:
    """The appointment itself, told at the instant `at`. Its times are UTC; each calendar shows its owner's clock."""
    url = address_of(appointment)
    clinic = one_line(appointment.clinic.name)
    return Event.new(
        uid=f"appointment-{appointment.reference}@{urlsplit(settings.PUBLIC_URL).hostname}",
        sequence=appointment.sequence,
        stamp=at,
        created=appointment.created_at,
        last_modified=appointment.updated_at,
        start=appointment.starts_at,
        end=appointment.ends_at,
        status=STATUSES.get(appointment.status, STATUS.CANCELLED),
        classification=CLASS.PRIVATE,
        transparency=TRANSP.OPAQUE,
        summary=_("Appointment, %(clinic)s") % {"clinic": clinic},
        location=_("Video visit"),
        description=description_for(None, url),
        url=url,
        conferences=[Conference(url, feature=["AUDIO", "VIDEO"])],
        organizer=vCalAddress.new(parseaddr(settings.DEFAULT_FROM_EMAIL)[1], cn=parameter(clinic)),
    )


def reminder_of(event: Event) -> Alarm:
    """The calendar's own reminder; many calendars put their owner's in its place."""
    alarm = Alarm()
    alarm.add("action", "DISPLAY")
    alarm.add("description", event.summary)
    alarm.add("trigger", -REMIND_BEFORE)
    return alarm


def address_of(appointment: Appointment) -> str:
    """Where to go at its time: the visit's door once there is a visit, which asks people to sign in."""
    place = getattr(appointment, "visit", None) or appointment
    return settings.PUBLIC_URL + place.get_absolute_url()


def description_for(reader: Attendee | None, url: str) -> str:
    """How to come to the visit: guests need no account."""
    if reader is not None and reader.is_guest:
        return _("Join with the link in the message that invited you, or knock here: %(url)s") % {"url": url}
    return _("Sign in to join, or to see or cancel the appointment: %(url)s") % {"url": url}


def as_written(attendee: Attendee) -> vCalAddress:
    """Both have agreed in the portal, and guests come as they like: there is nothing to answer."""
    return vCalAddress.new(
        attendee.address,
        cn=parameter(one_line(attendee.name)),
        cutype=CUTYPE.INDIVIDUAL,
        role=ROLE.REQ_PARTICIPANT,
        partstat=PARTSTAT.ACCEPTED,
        rsvp=False,
    )


def parameter(text: str) -> str:
    """`text` for a property's parameter, which cannot hold double quotes."""
    return text.replace('"', "'")


def calendar_response(appointment: Appointment) -> HttpResponse:
    """The file as a download, for pages and API alike; 404 while nobody knows when it will be."""
    if appointment.period is None:
        raise Http404
    response = HttpResponse(calendar_file(appointment), content_type="text/calendar; charset=utf-8")
    response["Content-Disposition"] = f'attachment; filename="visit-{appointment.reference}.ics"'
    return response
