"""What is told around visits, guests, emergencies, records and accounts; to whom, once."""

from datetime import timedelta

import pytest
import time_machine
from allauth.account.models import EmailAddress
from allauth.account.signals import email_confirmed
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from appointments.models import Appointment, OnCall
from appointments.tests.factories import SlotFactory, booked, period_from
from chat.models import Message, ReadMark
from clinic.notices.models import Delivery, Kind, Notice, Reminder
from clinic.notices.outboxes import OUTBOXES
from clinic.notices.sources import notices_of_chart
from clinic.notices.tasks import deliver, tell_of_follow_ups, tell_of_unread_messages
from clinic.people.models import Chart, Doctor
from clinic.people.tests.factories import (
    DoctorFactory,
    PatientFactory,
    RepresentationFactory,
    StaffFactory,
    UserFactory,
)
from prescriptions.tests.factories import issued
from televisit.models import Invitation, VisitEvent
from televisit.tests.factories import a_seat_of_the_patient, a_visit

from .factories import announced

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def queued(monkeypatch):
    """The deliveries that were queued."""
    pks = []
    monkeypatch.setattr(deliver, "delay", pks.append)
    return pks


@pytest.fixture
def visit():
    """One about to begin, of which everybody has been told so far."""
    visit = a_visit()
    announced(visit.appointment)
    tell(visit)
    Notice.objects.all().delete()
    return visit


def tell(visit):
    for event in visit.events.unannounced():
        OUTBOXES["visits"].announce(event.pk, at=timezone.now())


def told():
    """Who was told what, as {(recipient or address, kind)}."""
    return {(notice.recipient or notice.address, notice.kind) for notice in Notice.objects.select_related("recipient")}


def invite(visit, address="rui@example.org"):
    by, at = visit.host.user, timezone.now()
    return Invitation.objects.invite(visit, role="relative", name="Rui", address=address, by=by, at=at)


def test_the_doctor_hears_who_waits(visit):
    seat = a_seat_of_the_patient(visit)
    seat.wait(at=timezone.now())
    tell(visit)

    assert told() == {(visit.host.user, Kind.SOMEBODY_WAITS)}
    assert not Delivery.objects.exists()


def test_a_patient_who_is_not_there_hears_that_the_doctor_is(visit):
    at = timezone.now()
    for _time in range(2):
        visit.take_seat(visit.host.user, at=at).enter(at=at)
    tell(visit)

    assert told() == {(visit.appointment.patient.user, Kind.DOCTOR_READY)}


def test_a_patient_who_waits_sees_the_doctor_come(visit):
    at = timezone.now()
    a_seat_of_the_patient(visit).wait(at=at)
    visit.take_seat(visit.host.user, at=at).enter(at=at)
    tell(visit)

    assert (visit.appointment.patient.user, Kind.DOCTOR_READY) not in told()


def test_who_is_called_and_nobody_else_hears_it(visit):
    acting = RepresentationFactory(patient=visit.appointment.patient)
    seat = a_seat_of_the_patient(visit)
    seat.ask_for_call(at=timezone.now())
    seat.call(by=visit.host.user, at=timezone.now())
    tell(visit)

    assert (visit.appointment.patient.user, Kind.CALLED) in told()
    assert (acting.user, Kind.CALLED) not in told()


@pytest.mark.parametrize(
    ("address", "channels"), [("rui@example.org", ["email"]), ("+351 912 345 678", ["sms"]), ("", [])]
)
def test_a_guest_is_reached_where_they_were_invited(visit, address, channels):
    invite(visit, address)
    tell(visit)

    assert list(Delivery.objects.values_list("channel", flat=True)) == channels


def test_a_guests_mail_has_a_way_in_that_works(visit, mailoutbox):
    invite(visit)
    tell(visit)
    delivery = Delivery.objects.get()

    deliver(delivery.pk)

    [mail] = mailoutbox
    link = next(word for word in mail.body.split() if "/i/" in word)
    assert mail.to == ["rui@example.org"]
    assert Invitation.objects.with_link(link.split("/")[-2]).get().name == "Rui"


def test_an_invitation_that_was_taken_back_is_not_sent(visit, mailoutbox):
    invitation = invite(visit)
    tell(visit)
    first = Delivery.objects.get()
    invitation.revoke(by=visit.host.user, at=timezone.now())
    tell(visit)

    deliver(first.pk)

    assert mailoutbox == []
    assert ("rui@example.org", Kind.INVITATION_CANCELLED) in told()


def test_guests_hear_of_another_time_and_of_the_end():
    appointment = booked()
    invite(appointment.visit)
    appointment.move(SlotFactory(doctor=appointment.doctor), by=appointment.patient.user, at=timezone.now())
    appointment.cancel(by=appointment.patient.user, reason="other")
    tell(appointment.visit)

    kinds = {kind for who, kind in told() if who == "rui@example.org"}
    assert kinds == {Kind.INVITATION, Kind.INVITATION_MOVED, Kind.INVITATION_CANCELLED}


def test_links_in_messages_to_patients_are_no_invitations(visit, mailoutbox):
    announced(booked(patient=visit.appointment.patient))
    for delivery in Delivery.objects.all():
        deliver(delivery.pk)

    assert Invitation.objects.count() > 0
    assert not Invitation.objects.asked().exists()


def test_a_move_is_told_to_both_and_its_reminders_follow():
    appointment = booked()
    announced(appointment)
    Notice.objects.all().delete()
    later = SlotFactory(doctor=appointment.doctor)
    appointment.move(later, by=appointment.patient.user, at=timezone.now())
    announced(appointment)

    assert told() == {(appointment.patient.user, Kind.MOVED), (appointment.doctor.user, Kind.MOVED)}
    assert set(Reminder.objects.values_list("starts_at", flat=True)) == {later.starts_at}


def test_what_was_queued_before_a_move_is_not_sent(mailoutbox):
    appointment = booked()
    before = announced(appointment)
    appointment.move(SlotFactory(doctor=appointment.doctor), by=appointment.patient.user, at=timezone.now())

    for delivery in before:
        deliver(delivery.pk)

    assert mailoutbox == []


def test_a_handing_over_is_told_to_all_three():
    appointment = booked()
    before, after = appointment.doctor, DoctorFactory(clinic=appointment.clinic)
    announced(appointment)
    Notice.objects.all().delete()
    appointment.hand_over(after, by=StaffFactory(), at=timezone.now())
    announced(appointment)

    sides = {notice.recipient: notice.side for notice in Notice.objects.all()}
    assert sides == {
        appointment.patient.user: "patient",
        after.user: "doctor",
        before.user: "former_doctor",
    }


def test_an_offer_is_told_to_whose_turn_it_is_and_its_end_to_who_proposed():
    appointment = booked()
    announced(appointment)
    Notice.objects.all().delete()
    appointment.offer(SlotFactory(doctor=appointment.doctor), by=appointment.doctor.user, at=timezone.now())
    announced(appointment)
    assert told() == {(appointment.patient.user, Kind.OFFERED)}

    appointment.refuse_offer(by=appointment.patient.user, at=timezone.now())
    announced(appointment)

    assert told() - {(appointment.patient.user, Kind.OFFERED)} == {(appointment.doctor.user, Kind.OFFER_REFUSED)}


def an_emergency():
    at = timezone.now()
    on_call = DoctorFactory()
    OnCall.objects.create(doctor=on_call, period=period_from(at - timedelta(hours=1), timedelta(hours=9)))
    patient = PatientFactory()
    appointment = Appointment.objects.call_for_help(patient=patient, by=patient.user, at=at, symptoms="A lump")
    return appointment, on_call


def test_an_emergency_goes_to_who_is_on_call_then_to_staff_then_to_the_patient():
    appointment, on_call = an_emergency()
    desk, started = StaffFactory(), appointment.created_at
    announced(appointment)
    first = told()
    appointment.tell_untaken(at=started + timedelta(minutes=2))
    announced(appointment)
    second = told() - first
    appointment.tell_untaken(at=started + timedelta(minutes=5))
    announced(appointment)

    assert first == {(on_call.user, Kind.EMERGENCY)}
    assert second == {(on_call.user, Kind.EMERGENCY_UNTAKEN), (desk, Kind.EMERGENCY_UNTAKEN)}
    assert (appointment.patient.user, Kind.EMERGENCY_UNTAKEN) in told()


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


def test_a_follow_up_is_told_on_its_day_once_unless_there_is_a_visit():
    today = timezone.now().date()
    due = issued(follow_up_on=today + timedelta(days=1))
    has_visit = issued(follow_up_on=today + timedelta(days=1))
    booked(patient=has_visit.patient)
    Notice.objects.all().delete()

    tell_of_follow_ups()
    before = told()
    with time_machine.travel(timezone.now() + timedelta(days=1)):
        tell_of_follow_ups()
        tell_of_follow_ups()

    assert before == set()
    assert told() == {(due.patient.user, Kind.FOLLOW_UP_DUE)}
    assert Notice.objects.count() == 1


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


def test_every_step_of_a_visit_is_looked_at_once(visit):
    a_seat_of_the_patient(visit).wait(at=timezone.now())
    tell(visit)
    tell(visit)

    assert not VisitEvent.objects.filter(visit=visit).unannounced().exists()
    assert Notice.objects.count() == 1
