"""One visit, two people far apart: each reads their own clock in page, list, e-mail, text message, calendar and feed.

It is Wednesday for one of them and Thursday for the other.
"""

from datetime import UTC, datetime
from typing import NamedTuple

import pytest
import time_machine
from django.urls import reverse
from icalendar import Calendar

from appointments.models import Feed
from appointments.tests.factories import SlotFactory, booked
from clinic.notices.mails import mail_of
from clinic.notices.models import Delivery
from clinic.notices.texts import text_of
from clinic.people.tests.factories import DoctorFactory, PatientFactory

from .factories import announced, notice_to

pytestmark = pytest.mark.django_db
NOW = datetime(2026, 6, 8, 11, tzinfo=UTC)
STARTS, ENDS = datetime(2026, 6, 10, 22, 30, tzinfo=UTC), datetime(2026, 6, 10, 22, 50, tzinfo=UTC)
AUCKLAND, LOS_ANGELES = "Pacific/Auckland", "America/Los_Angeles"


class Shown(NamedTuple):
    """How the visit's hour reads on the clock of one side."""

    who: str
    day: str
    short_day: str
    starts: str
    ends: str
    zone: str
    offset: str


SIDES = [
    Shown("patient", "Wednesday 10 June", "Wed 10 Jun", "15:30", "15:50", "Los Angeles time", "UTC\u22127"),
    Shown("doctor", "Thursday 11 June", "Thu 11 Jun", "10:30", "10:50", "Auckland time", "UTC+12"),
]
on_each_clock = pytest.mark.parametrize("shown", SIDES, ids=["patient", "doctor"])


@pytest.fixture(autouse=True)
def now():
    with time_machine.travel(NOW, tick=False):
        yield


@pytest.fixture
def people():
    """Both sides of the visit, and the visit."""
    doctor = DoctorFactory(zone=AUCKLAND, user__zone=AUCKLAND)
    patient = PatientFactory(user__zone=LOS_ANGELES)
    appointment = booked(SlotFactory(doctor=doctor, begins=STARTS), patient=patient)
    announced(appointment)
    return {"patient": patient.user, "doctor": doctor.user, "appointment": appointment}


def delivery_to(user, channel):
    return Delivery.objects.get_or_create(notice=notice_to(user, kind="confirmed"), channel=channel)[0]


@on_each_clock
def test_on_the_page_of_the_appointment(client, people, shown):
    client.force_login(people[shown.who])

    page = client.get(people["appointment"].get_absolute_url()).content.decode()

    assert f"{shown.day}, {shown.starts}" in page
    assert shown.zone in page


@on_each_clock
def test_in_the_email(people, shown):
    mail = mail_of(delivery_to(people[shown.who], "email"), at=NOW)

    assert f"When: {shown.day} 2026, {shown.starts} to {shown.ends}, {shown.zone} ({shown.offset})\n" in mail.body


@on_each_clock
def test_in_the_text_message(people, shown):
    assert f"{shown.short_day}, {shown.starts}, {shown.zone}" in text_of(delivery_to(people[shown.who], "sms"))


@pytest.mark.parametrize("who", ["patient", "doctor"])
def test_in_the_calendar_of_the_email_of_the_page_and_of_the_feed(client, people, who):
    client.force_login(people[who])
    download = client.get(reverse("appointments:calendar", args=[people["appointment"].reference])).content
    [attached] = mail_of(delivery_to(people[who], "email"), at=NOW).attachments
    feed = client.get(reverse("calendar-feed", args=[Feed.objects.renew(people[who], at=NOW)])).content

    for calendar in (download, attached[1], feed):
        [event] = Calendar.from_ical(calendar).walk("VEVENT")
        assert (event.decoded("DTSTART"), event.decoded("DTEND")) == (STARTS, ENDS)
