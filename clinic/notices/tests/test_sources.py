"""What is told around visits, guests and emergencies; to whom, once."""

from datetime import timedelta

import pytest
from django.conf import settings
from django.utils import timezone
from icalendar import Calendar

from appointments.models import Appointment, OnCall
from appointments.tests.factories import SlotFactory, booked, period_from
from clinic.notices.models import Delivery, Kind, Notice, Reminder
from clinic.notices.outboxes import OUTBOXES
from clinic.notices.tasks import deliver
from clinic.people.tests.factories import (
    DoctorFactory,
    PatientFactory,
    RepresentationFactory,
    StaffFactory,
)
from televisit.models import Advice, Invitation, VisitEvent
from televisit.tests.factories import a_seat_of_the_patient, a_visit

from .factories import announced, told

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("queued")]


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


def test_a_doctor_who_does_not_come_is_told_as_patient_and_staff_are(visit):
    desk = StaffFactory()
    visit.appointment.tell_doctor_absent(at=visit.appointment.starts_at + timedelta(minutes=10))
    announced(visit.appointment)

    everybody = visit.host.user, visit.appointment.patient.user, desk
    assert told() == {(each, Kind.DOCTOR_ABSENT) for each in everybody}
    reached = Delivery.objects.filter(notice__recipient=visit.host.user).values_list("channel", flat=True)
    assert "email" in reached


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


def test_a_guests_calendar_gets_the_plain_door_and_no_secret_and_loses_it_again(visit, mailoutbox):
    invitation = invite(visit)
    tell(visit)
    deliver(Delivery.objects.get().pk)
    invitation.revoke(by=visit.host.user, at=timezone.now())
    tell(visit)
    deliver(Delivery.objects.latest("pk").pk)

    files = [content for mail in mailoutbox for _name, content, _type in mail.attachments]
    calendars = [Calendar.from_ical(file) for file in files]
    [event] = calendars[0].walk("VEVENT")
    assert [calendar["METHOD"] for calendar in calendars] == ["REQUEST", "CANCEL"]
    assert event["ATTENDEE"] == "mailto:rui@example.org"
    assert event["URL"] == settings.PUBLIC_URL + visit.get_absolute_url()
    assert b"/i/" not in files[0]
    assert visit.appointment.patient.family_name.encode() not in files[0]


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


def test_the_patient_hears_once_that_the_summary_is_ready(visit):
    for version in (0, 1):
        Advice.objects.write(visit, by=visit.host.user, version=version, text="Rest.")
    tell(visit)

    assert told() == {(visit.appointment.patient.user, Kind.SUMMARY_READY)}
    assert Notice.objects.count() == 1


def test_every_step_of_a_visit_is_looked_at_once(visit):
    a_seat_of_the_patient(visit).wait(at=timezone.now())
    tell(visit)
    tell(visit)

    assert not VisitEvent.objects.filter(visit=visit).unannounced().exists()
    assert Notice.objects.count() == 1
