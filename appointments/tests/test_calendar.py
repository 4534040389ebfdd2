"""The calendar file, read by a parser of our own: unfolded lines and their parameters, as RFC 5545 has them."""

import re
from datetime import UTC, datetime, timedelta

import pytest
from django.conf import settings
from django.utils import timezone

from appointments.calendar import Attendee, Method, calendar_file
from appointments.models import Appointment
from clinic.people.tests.factories import UserFactory

from .factories import AppointmentFactory, booked

pytestmark = pytest.mark.django_db

LINE = re.compile(r'(?P<name>[A-Z-]+)(?P<parameters>(?:;[A-Z-]+=(?:"[^"]*"|[^";:,]*)(?:,"[^"]*")*)*):(?P<value>.*)')
STAMP = "%Y%m%dT%H%M%SZ"


def lines_of(file):
    """The unfolded content lines, as (name, parameters, value)."""
    text = file.decode()
    assert text.endswith("END:VCALENDAR\r\n")
    assert "\n" not in text.replace("\r\n", "")
    assert all(len(line.encode()) <= 75 for line in text.split("\r\n"))
    matches = [LINE.fullmatch(line) for line in text.replace("\r\n ", "").split("\r\n")[:-1]]
    assert all(matches)
    return [match.group("name", "parameters", "value") for match in matches]


def of(user):
    return Attendee(user.email, str(user))


def event_in(file):
    """What stands in the event itself, by name."""
    lines = lines_of(file)
    names = [(name, value) for name, _parameters, value in lines]
    start, end = names.index(("BEGIN", "VEVENT")), names.index(("END", "VEVENT"))
    return {name: value for name, _parameters, value in reversed(lines[start:end])}


def test_times_are_utc_and_the_rest_is_the_appointments():
    appointment = AppointmentFactory(begins=datetime(2026, 10, 25, 0, 30, tzinfo=UTC))

    event = event_in(calendar_file(appointment, at=datetime(2026, 10, 1, tzinfo=UTC)))

    assert event["DTSTART"] == "20261025T003000Z"
    assert event["DTEND"] == "20261025T005000Z"
    assert event["DTSTAMP"] == "20261001T000000Z"
    assert event["UID"].startswith(f"appointment-{appointment.reference}@")
    assert event["SEQUENCE"] == "0"
    assert event["CLASS"] == "PRIVATE"
    assert event["TRANSP"] == "OPAQUE"
    assert event["SUMMARY"] == f"Appointment\\, {appointment.clinic.name}"


def test_an_invitation_names_one_attendee_and_rings_before():
    appointment, user = AppointmentFactory(), UserFactory(email="ana+clinic@example.org", given_name="Ana")

    lines = lines_of(calendar_file(appointment, method=Method.REQUEST, attendee=of(user)))

    attendees = [(parameters, value) for name, parameters, value in lines if name == "ATTENDEE"]
    assert [value for _parameters, value in attendees] == ["mailto:ana+clinic@example.org"]
    assert all(part in attendees[0][0] for part in ("PARTSTAT=ACCEPTED", "ROLE=REQ-PARTICIPANT", "RSVP=FALSE"))
    assert ("METHOD", "", "REQUEST") in lines
    assert ("TRIGGER", "", "-PT15M") in lines
    assert [value for name, _parameters, value in lines if name == "UID"] == [
        f"appointment-{appointment.reference}@127.0.0.1"
    ]


def test_a_cancellation_outranks_the_invitation_and_does_not_ring():
    appointment = booked()
    invitation = event_in(calendar_file(appointment, method=Method.REQUEST))
    appointment.cancel(by=appointment.booked_by, reason="other")

    file = calendar_file(appointment, method=Method.CANCEL)

    event = event_in(file)
    assert event["STATUS"] == "CANCELLED"
    assert event["UID"] == invitation["UID"]
    assert event["ORGANIZER"] == invitation["ORGANIZER"]
    assert int(event["SEQUENCE"]) > int(invitation["SEQUENCE"])
    assert b"METHOD:CANCEL" in file
    assert b"VALARM" not in file


@pytest.mark.parametrize(
    ("status", "shown"),
    [
        (Appointment.Status.REQUESTED, "TENTATIVE"),
        (Appointment.Status.CONFIRMED, "CONFIRMED"),
        (Appointment.Status.COMPLETED, "CONFIRMED"),
        (Appointment.Status.DECLINED, "CANCELLED"),
        (Appointment.Status.EXPIRED, "CANCELLED"),
    ],
)
def test_a_download_shows_where_it_stands(status, shown):
    file = calendar_file(AppointmentFactory(status=status))

    assert event_in(file)["STATUS"] == shown
    assert b"METHOD:PUBLISH" in file


def test_the_link_is_the_plain_door_once_there_is_one():
    requested, confirmed = AppointmentFactory(status=Appointment.Status.REQUESTED), booked()

    links = [event_in(calendar_file(each))["URL"] for each in (requested, confirmed)]

    assert links == [
        f"{settings.PUBLIC_URL}/appointments/{requested.reference}/",
        f"{settings.PUBLIC_URL}/visits/{confirmed.visit.code}/",
    ]


def test_nothing_clinical_is_in_it():
    appointment = AppointmentFactory(symptoms="A rash", reason_category=Appointment.Reason.MEDICINE, is_emergency=True)

    text = calendar_file(appointment, method=Method.REQUEST, attendee=of(appointment.patient.user)).decode()

    assert not any(word in text for word in ("rash", "edicine", "mergency"))


def test_names_cannot_add_lines():
    user = UserFactory(given_name='A"\r\nATTENDEE:mailto:evil@x', family_name="\u2028\u202e" + "é" * 70)
    appointment = AppointmentFactory()
    appointment.clinic.name = "Harbour\r\nX-EVIL:1;,:\\" + "x" * 500

    lines = lines_of(calendar_file(appointment, method=Method.REQUEST, attendee=of(user)))

    names = [name for name, _parameters, _value in lines]
    assert names.count("ATTENDEE") == 1
    assert "X-EVIL" not in names


def test_it_is_stamped_now_unless_told_otherwise():
    before = timezone.now().replace(microsecond=0)

    stamp = event_in(calendar_file(AppointmentFactory()))["DTSTAMP"]

    made_at = datetime.strptime(stamp, STAMP).replace(tzinfo=UTC)
    assert before <= made_at <= before + timedelta(minutes=1)
