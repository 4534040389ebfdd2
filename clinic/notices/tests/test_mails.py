"""What the e-mails say, to whom, in which zone; and what they never say."""

import re
from datetime import UTC, datetime, timedelta
from email import message_from_bytes
from email.policy import default as modern

import pytest
import time_machine
from django.conf import settings
from django.utils import timezone

from appointments.models import Appointment
from appointments.tests.factories import SlotFactory, booked
from clinic.notices.mails import mail_of
from clinic.notices.models import Delivery, Kind, Notice
from clinic.people.tests.factories import DoctorFactory, PatientFactory, RepresentationFactory
from televisit.models import Invitation

from .factories import announced, notice_to, requested

pytestmark = pytest.mark.django_db
NOW = datetime(2026, 10, 1, 12, tzinfo=UTC)


@pytest.fixture(autouse=True)
def now():
    with time_machine.travel(NOW):
        yield


def sent(notice):
    """The mail as it goes over the wire, and as an independent reader takes it apart."""
    delivery, _is_new = Delivery.objects.get_or_create(notice=notice, channel="email")
    delivery.notice = notice
    mail = mail_of(delivery, at=NOW)
    return message_from_bytes(mail.message().as_bytes(), policy=modern)


def part(message, content_type):
    [found] = [each for each in message.walk() if each.get_content_type() == content_type]
    return found


def text(message):
    return part(message, "text/plain").get_content()


def confirmed_at(start, *, patient_zone="", **facts):
    """A visit at that instant, and the patient's notice of it."""
    patient = facts.pop("patient", None) or PatientFactory(user__zone=patient_zone)
    appointment = booked(
        SlotFactory(begins=start, doctor=DoctorFactory(clinic__horizon_days=120, **facts)), patient=patient, at=NOW
    )
    announced(appointment)
    return notice_to(patient.user, kind=Kind.CONFIRMED)


def test_text_and_html_say_the_same():
    notice = confirmed_at(datetime(2026, 11, 20, 16, 20, tzinfo=UTC))

    message = sent(notice)

    html = part(message, "text/html").get_content()
    assert all(value in html and value in text(message) for value in ("16:20 to 16:40", str(notice.appointment.doctor)))


@pytest.mark.parametrize(
    ("start", "zone", "shown"),
    [
        ("2026-11-20T16:20Z", "Europe/Lisbon", "Friday 20 November 2026, 16:20 to 16:40, Lisbon time (UTC)"),
        ("2026-11-20T22:50Z", "Asia/Tokyo", "Saturday 21 November 2026, 07:50 to 08:10, Tokyo time (UTC+9)"),
        ("2026-12-31T23:50Z", "Asia/Kolkata", "Friday 1 January 2027, 05:20 to 05:40, Kolkata time (UTC+5:30)"),
        ("2026-11-21T02:00Z", "America/New_York", "Friday 20 November 2026, 21:00 to 21:20, New York time (UTC−5)"),
        ("2026-10-25T00:30Z", "Europe/Lisbon", "Sunday 25 October 2026, 01:30 to 01:50, Lisbon time (UTC+1)"),
        ("2026-10-25T01:30Z", "Europe/Lisbon", "Sunday 25 October 2026, 01:30 to 01:50, Lisbon time (UTC)"),
        ("2026-10-25T00:50Z", "Europe/Lisbon", "Sunday 25 October 2026, 01:50 to 01:10, Lisbon time (UTC+1)"),
        ("2026-11-20T16:20Z", "UTC", "Friday 20 November 2026, 16:20 to 16:40, UTC"),
    ],
)
def test_times_are_on_the_readers_clock_which_is_named(start, zone, shown):
    notice = confirmed_at(datetime.fromisoformat(start), patient_zone=zone)

    assert f"When: {shown}\n" in text(sent(notice))


@pytest.mark.parametrize(
    ("own", "working", "shown"),
    [
        ("Asia/Tokyo", "Europe/Oslo", "Tokyo time"),
        ("", "Europe/Oslo", "Oslo time"),
        ("", "", "Lisbon time"),
    ],
)
def test_a_doctor_without_a_zone_reads_where_they_work_else_the_clinics(own, working, shown):
    notice = confirmed_at(datetime(2026, 11, 20, 16, tzinfo=UTC), zone=working, user__zone=own)

    mail = sent(notice_to(notice.appointment.doctor.user, kind=Kind.CONFIRMED))

    assert shown in text(mail)


def test_a_reminder_names_the_time_in_its_subject():
    notice = confirmed_at(datetime(2026, 11, 20, 22, 50, tzinfo=UTC), patient_zone="Asia/Tokyo")
    notice.kind = Kind.REMINDER

    assert sent(notice)["Subject"] == "Your visit: Sat 21 Nov, 07:50, Tokyo time"


def test_who_acts_for_a_patient_reads_for_whom():
    child = PatientFactory(user=None, given_name="Mia", family_name="Sousa")
    mother = RepresentationFactory(patient=child).user
    announced(booked(patient=child, by=mother))

    assert "For: Mia Sousa\n" in text(sent(notice_to(mother, kind=Kind.CONFIRMED)))


def test_each_side_reads_the_others_name():
    notice = confirmed_at(datetime(2026, 11, 20, 16, tzinfo=UTC))
    appointment = notice.appointment

    to_doctor = text(sent(notice_to(appointment.doctor.user, kind=Kind.CONFIRMED)))

    assert f"Patient: {appointment.patient.name}\n" in to_doctor
    assert f"Doctor: {appointment.doctor.name}\n" in text(sent(notice))


def test_a_doctors_link_is_the_plain_door():
    notice = confirmed_at(datetime(2026, 11, 20, 16, tzinfo=UTC))
    to_doctor = notice_to(notice.appointment.doctor.user, kind=Kind.CONFIRMED)

    links = re.findall(r"http\S+", text(sent(to_doctor)))

    assert links == [
        f"{settings.PUBLIC_URL}/visits/{notice.appointment.visit.code}/",
        f"{settings.PUBLIC_URL}/appointments/{notice.appointment.reference}/",
        f"{settings.PUBLIC_URL}/settings/notices/",
    ]


def test_a_patients_link_is_a_way_in_of_which_only_the_hash_is_kept():
    notice = confirmed_at(datetime(2026, 11, 20, 16, tzinfo=UTC))

    secret = re.search(r"/i/(\w+)/", text(sent(notice)))[1]

    invitation = Invitation.objects.with_link(secret).get()
    assert (invitation.visit, invitation.role, invitation.asks_birth_date) == (
        notice.appointment.visit,
        "patient",
        True,
    )
    assert secret not in str(vars(invitation))


def test_the_link_in_an_older_mail_goes_on_working():
    notice = confirmed_at(datetime(2026, 11, 20, 16, tzinfo=UTC))
    again = Notice.objects.create(
        kind=Kind.LINK_SENT,
        key="again",
        side="patient",
        recipient=notice.recipient,
        appointment=notice.appointment,
        at=NOW,
    )

    secrets = [re.search(r"/i/(\w+)/", text(sent(each)))[1] for each in (notice, again)]

    assert [Invitation.objects.with_link(secret).exists() for secret in secrets] == [True, True]


def test_an_invitation_is_part_of_the_mail_and_a_file():
    notice = confirmed_at(datetime(2026, 11, 20, 16, 20, tzinfo=UTC))

    message = sent(notice)

    assert message.get_content_type() == "multipart/mixed"
    body, file = message.iter_parts()
    assert [each.get_content_type() for each in body.iter_parts()] == ["text/plain", "text/html", "text/calendar"]
    calendar = part(message, "text/calendar")
    assert calendar.get_param("method") == "REQUEST"
    assert "DTSTART:20261120T162000Z" in calendar.get_content()
    assert f"mailto:{notice.recipient.email}" in calendar.get_content().replace("\n ", "")
    assert (file.get_filename(), file.get_content_type()) == ("invite.ics", "application/ics")
    assert file.get_content().replace(b"\r\n", b"\n") == calendar.get_content().encode().replace(b"\r\n", b"\n")


def test_a_cancellation_takes_the_invitation_back():
    notice = confirmed_at(datetime(2026, 11, 20, 16, tzinfo=UTC))
    appointment = notice.appointment
    appointment.cancel(by=appointment.booked_by, reason="other")
    announced(appointment)

    calendar = part(sent(notice_to(notice.recipient, kind=Kind.CANCELLED)), "text/calendar")

    assert calendar.get_param("method") == "CANCEL"
    assert "SEQUENCE:1" in calendar.get_content()


def test_who_was_never_invited_gets_no_calendar_file():
    appointment = requested()
    announced(appointment)
    appointment.cancel(by=appointment.patient.user, reason="other")
    announced(appointment)

    for kind in (Kind.REQUESTED, Kind.CANCELLED):
        types = {each.get_content_type() for each in sent(notice_to(appointment.patient.user, kind=kind)).walk()}
        assert types == {"multipart/alternative", "text/plain", "text/html"}


def test_the_mail_comes_from_the_clinic_and_answers_go_there(settings):
    settings.DEFAULT_FROM_EMAIL = "Portal <portal@clinic.example>"
    notice = confirmed_at(datetime(2026, 11, 20, 16, tzinfo=UTC))
    clinic = notice.appointment.clinic

    message = sent(notice)

    assert message["From"] == f"{clinic.name} <portal@clinic.example>"
    assert message["Reply-To"] == clinic.email
    assert message["To"] == notice.recipient.email
    assert message["Message-ID"] == notice.deliveries.get().message_id
    assert message["Auto-Submitted"] == "auto-generated"


@pytest.mark.parametrize("name", ["Eve\r\nBcc: all@evil.example", "Eve\nEND:VCALENDAR", "x" * 80, "\u202eeve", '"<b>&'])
def test_names_break_neither_headers_nor_lines_nor_markup(name):
    patient = PatientFactory(user__given_name=name, given_name=name)
    notice = confirmed_at(datetime(2026, 11, 20, 16, tzinfo=UTC), patient=patient, user__family_name=name)
    clinic = notice.appointment.clinic
    clinic.name = name * 5

    for each in (notice, notice_to(notice.appointment.doctor.user, kind=Kind.CONFIRMED)):
        each.appointment.clinic = clinic
        message = sent(each)
        assert message["Bcc"] is None
        assert message.get_all("To") == [each.recipient.email]
        assert "\nBcc" not in text(message)
        assert "\u202e" not in text(message)
        assert "<b>" not in part(message, "text/html").get_content()
        assert part(message, "text/calendar").get_content().splitlines().count("END:VCALENDAR") == 1


@pytest.mark.parametrize(
    ("address", "written"),
    [("ana+visits@example.org", "ana+visits@example.org"), ("ana@bücher.example", "ana@xn--bcher-kva.example")],
)
def test_addresses_with_a_plus_or_another_alphabet_are_written_as_mail_wants_them(address, written):
    notice = confirmed_at(datetime(2026, 11, 20, 16, tzinfo=UTC), patient=PatientFactory(user__email=address))

    assert sent(notice)["To"] == written


def test_a_request_names_until_when_it_is_answered():
    appointment = requested()
    announced(appointment)
    Appointment.objects.filter(pk=appointment.pk).update(respond_by=datetime(2026, 11, 20, 22, 50, tzinfo=UTC))
    appointment.doctor.user.zone = "Asia/Tokyo"
    appointment.doctor.user.save()

    mail = sent(notice_to(appointment.doctor.user, kind=Kind.REQUEST_RECEIVED))

    assert "Answer by Saturday 21 November, 07:50, Tokyo time." in text(mail)


def test_an_unknown_language_reads_the_portals():
    notice = confirmed_at(datetime(2026, 11, 20, 16, tzinfo=UTC), patient=PatientFactory(user__language="xx"))

    assert sent(notice)["Subject"] == "Your visit is confirmed"


def test_the_mail_of_a_delivery_is_made_in_few_queries(django_assert_max_num_queries):
    notice = confirmed_at(timezone.now() + timedelta(days=3))
    fresh = Notice.objects.with_subjects().get(pk=notice.pk)

    with django_assert_max_num_queries(7):  # most of them make the way in
        sent(fresh)
