"""What is told of accounts, charts, unread messages and follow-ups; to whom, once."""

from datetime import date, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest
import time_machine
from allauth.account.models import EmailAddress
from allauth.account.signals import email_confirmed
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from appointments.models import Appointment
from appointments.tests.factories import SlotFactory, booked
from chat.models import Message, ReadMark
from clinic.notices.models import Kind, Notice
from clinic.notices.sources import notices_of_chart
from clinic.notices.tasks import deliver, tell_of_follow_ups, tell_of_unread_messages
from clinic.people.models import Chart, Clinic, Doctor
from clinic.people.tests.factories import (
    DoctorFactory,
    StaffFactory,
    UserFactory,
)
from prescriptions.tests.factories import PrescriptionFactory, issued
from televisit.models import Advice
from televisit.tests.factories import a_visit

from .factories import told

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("queued")]


def test_nobody_is_welcomed_before_the_address_is_theirs(client):
    facts = {"given_name": "Ana", "family_name": "Lima", "email": "ana@patients.example", "password1": ""}
    facts |= {"birth_date_day": "27", "birth_date_month": "3", "birth_date_year": "1954"}
    client.post(reverse("account_signup"), facts)
    assert told() == set()

    address = EmailAddress.objects.get()
    address.set_verified()
    email_confirmed.send(sender=EmailAddress, request=None, email_address=address)

    assert told() == {(address.user, Kind.REGISTERED)}


def keep_chart(patient, by):
    facts = {"title": "Blood", "content_type": "application/pdf", "at": timezone.now()}
    return Chart.objects.keep(b"%PDF-1.7", patient=patient, by=by, **facts)


def test_a_chart_is_told_to_the_other_side(django_capture_on_commit_callbacks):
    appointment = booked()
    patient, doctor = appointment.patient, appointment.doctor
    keep_chart(patient, by=patient.user)
    keep_chart(patient, by=doctor.user)

    assert told() == {(doctor.user, Kind.CHART_ADDED), (patient.user, Kind.CHART_ADDED)}


def test_a_chart_is_not_told_to_a_doctor_who_cannot_open_it_yet():
    asked = booked(SlotFactory(doctor__booking_mode=Doctor.Mode.REQUEST))
    Notice.objects.all().delete()

    keep_chart(asked.patient, by=asked.patient.user)

    assert told() == set()


def test_a_chart_is_told_once():
    appointment = booked()
    chart = keep_chart(appointment.patient, by=appointment.doctor.user)

    Notice.objects.give(notices_of_chart(chart))

    assert Notice.objects.filter(kind=Kind.CHART_ADDED).count() == 1


def write(appointment, *, by, minutes_ago, number):
    at = timezone.now() - timedelta(minutes=minutes_ago)
    return Message.objects.post(appointment, by=by, body="Hello", client_id=str(number), at=at)


def test_a_message_unread_for_ten_minutes_is_told_once_until_it_is_read():
    appointment = booked()
    patient, doctor = appointment.patient.user, appointment.doctor.user
    write(appointment, by=doctor, minutes_ago=9, number=1)
    tell_of_unread_messages()
    early = told()
    Message.objects.update(created_at=timezone.now() - timedelta(minutes=11))
    for number in (2, 3):
        write(appointment, by=doctor, minutes_ago=11, number=number)
        tell_of_unread_messages()

    assert early == set()
    assert told() == {(patient, Kind.MESSAGE_UNREAD)}
    assert Notice.objects.count() == 1
    ReadMark.objects.move(appointment, user=patient, to=3)
    write(appointment, by=doctor, minutes_ago=11, number=4)
    tell_of_unread_messages()
    assert Notice.objects.count() == 2


def test_a_message_that_was_read_is_not_told():
    appointment = booked()
    write(appointment, by=appointment.doctor.user, minutes_ago=11, number=1)
    ReadMark.objects.move(appointment, user=appointment.patient.user, to=1)

    tell_of_unread_messages()

    assert told() == set()


def test_a_suspended_doctor_is_told_of_no_messages():
    appointment = booked()
    write(appointment, by=appointment.patient.user, minutes_ago=11, number=1)
    appointment.doctor.suspend(at=timezone.now())

    tell_of_unread_messages()

    assert told() == set()


def test_no_mail_leaves_for_a_message_that_was_read_meanwhile(queued):
    appointment = booked()
    write(appointment, by=appointment.doctor.user, minutes_ago=11, number=1)
    tell_of_unread_messages()
    ReadMark.objects.move(appointment, user=appointment.patient.user, to=1)

    assert [deliver(pk) for pk in queued] == [False]


@pytest.fixture
def visit():
    """One that is held now, at a clinic eight hours behind UTC."""
    visit = a_visit(starts_in=timedelta(0), status=Appointment.Status.IN_PROGRESS)
    Clinic.objects.update(zone="America/Los_Angeles")
    return visit


def advised(visit, day):
    Advice.objects.write(visit, by=visit.host.user, version=0, text="Rest.", follow_up_on=day)
    Notice.objects.all().delete()


def told_at(*instants):
    """Who was told of a follow-up, looked for at each of these instants."""
    for instant in instants:
        with time_machine.travel(instant, tick=False):
            tell_of_follow_ups()
    return [notice.recipient for notice in Notice.objects.filter(kind=Kind.FOLLOW_UP_DUE)]


DAY = date(2030, 6, 4)
MORNING = datetime(2030, 6, 4, 8, tzinfo=ZoneInfo("America/Los_Angeles"))
HOUR = timedelta(hours=1)


def test_a_follow_up_of_advice_is_told_in_the_morning_of_its_day_at_the_clinic_once(visit):
    advised(visit, DAY)

    before = told_at(MORNING - 24 * HOUR, MORNING - HOUR)
    after = told_at(MORNING, MORNING + HOUR, MORNING + 60 * HOUR, MORNING + 90 * HOUR)

    assert before == []
    assert after == [visit.appointment.patient.user]


def test_a_follow_up_that_a_prescription_names_too_is_told_once(visit):
    advised(visit, DAY)
    prescription = PrescriptionFactory(appointment=visit.appointment, follow_up_on=DAY + timedelta(days=1))
    prescription.issue(by=prescription.doctor.user, at=timezone.now(), reviewed=True)

    assert told_at(MORNING, MORNING + 24 * HOUR) == [visit.appointment.patient.user]


def test_a_follow_up_of_a_prescription_is_told_too_late_rather_than_never():
    due = issued(follow_up_on=timezone.now().date() + timedelta(days=1))

    assert told_at(timezone.now() + timedelta(days=4)) == [due.patient.user]
    assert told_at(timezone.now() + timedelta(days=5)) == [due.patient.user]


def test_a_follow_up_is_not_told_to_whom_has_a_visit(visit):
    advised(visit, DAY)
    booked(patient=visit.appointment.patient)

    assert told_at(MORNING) == []


def test_a_doctor_hears_of_the_approval_once():
    doctor = DoctorFactory(approved_at=None)
    for _press in range(2):
        doctor.approve(by=StaffFactory(), at=timezone.now())

    assert told() == {(doctor.user, Kind.APPROVED)}


@pytest.fixture
def member():
    user = UserFactory(password="a-long-password-1", date_joined=timezone.now() - timedelta(days=9))
    EmailAddress.objects.create(user=user, email=user.email, verified=True, primary=True)
    return user


def sign_in(client, user, browser="Firefox/130.0 Windows", **more):
    """With the password, as allauth does it."""
    client.post(
        reverse("account_login"),
        {"login": user.email, "password": "a-long-password-1"},
        headers={"User-Agent": browser},
        **more,
    )
    client.post(reverse("account_logout"))


def told_of_sign_ins(user):
    return list(Notice.objects.filter(recipient=user).order_by("pk").values_list("detail", flat=True))


def test_a_sign_in_from_a_new_device_is_told_once(client, member):
    sign_in(client, member)
    sign_in(client, member)
    sign_in(client, member, "Firefox/131.0 Windows", REMOTE_ADDR="198.51.100.1")  # it moves about

    assert told_of_sign_ins(member) == ["Firefox on Windows"]


def test_a_stranger_with_the_same_browser_is_told_of(client, member):
    sign_in(client, member)
    sign_in(Client(), member, REMOTE_ADDR="198.51.100.1")
    sign_in(Client(), member, "Chrome/130 Android")

    assert told_of_sign_ins(member) == ["Firefox on Windows", "Firefox on Windows", "Chrome on Android"]
