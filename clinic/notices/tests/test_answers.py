"""Answers from a message: a page, a button, once; for doctors with a sign-in."""

from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta

import pytest
import time_machine
from django.db import connections
from django.utils import timezone

from appointments.models import Appointment
from appointments.tests.factories import SlotFactory, booked
from clinic.errors import RuleViolation
from clinic.notices.answering import answer, answer_path
from clinic.notices.models import Action, Answer, Kind, Notice
from clinic.notices.tasks import deliver
from clinic.people.models import User
from clinic.people.tests.factories import RepresentationFactory, UserFactory

from .factories import announced, notice_to, requested

pytestmark = pytest.mark.django_db
Status = Appointment.Status


def asked():
    """A request, and the notice of it that its doctor has."""
    appointment = requested()
    announced(appointment)
    return appointment, notice_to(appointment.doctor.user, kind=Kind.REQUEST_RECEIVED)


def confirmed():
    """A visit, and the notice of it that its patient has."""
    appointment = booked()
    announced(appointment)
    return appointment, notice_to(appointment.patient.user, kind=Kind.CONFIRMED)


def status_of(appointment):
    return Appointment.objects.get(pk=appointment.pk).status


def reminder_of(appointment):
    notice = Notice.objects.create(
        kind=Kind.REMINDER,
        key="r",
        side="patient",
        recipient=appointment.patient.user,
        appointment=appointment,
        sequence=appointment.sequence,
        at=timezone.now(),
    )
    return Notice.objects.with_subjects().get(pk=notice.pk)


def test_opening_a_link_changes_nothing(client):
    appointment, notice = confirmed()

    pages = [client.get(answer_path(notice, Action.CANCEL)) for _scanner in range(3)]

    assert [page.status_code for page in pages] == [200, 200, 200]
    assert "Nothing has changed yet" in pages[0].content.decode()
    assert status_of(appointment) == Status.CONFIRMED


def test_whose_account_was_closed_answers_nothing_and_gets_no_mail(client):
    appointment, notice = confirmed()
    User.objects.filter(pk=notice.recipient_id).update(is_active=False)

    response = client.post(answer_path(notice, Action.CANCEL), {"reason": "schedule_conflict"})
    was_sent = deliver(notice.deliveries.get(channel="email").pk)

    assert (response.status_code, was_sent) == (409, False)
    assert status_of(appointment) == Status.CONFIRMED


def test_a_patient_cancels_without_signing_in_once(client):
    appointment, notice = confirmed()
    link = answer_path(notice, Action.CANCEL)

    first = client.post(link, {"reason": "schedule_conflict"})
    second = client.post(link, {"reason": "schedule_conflict"})

    assert (first.status_code, second.status_code) == (200, 409)
    assert "answered already" in second.content.decode()
    assert status_of(appointment) == Status.CANCELLED
    assert appointment.events.filter(kind="cancelled").get().actor == appointment.patient.user


def test_cancelling_asks_for_a_reason(client):
    appointment, notice = confirmed()

    page = client.post(answer_path(notice, Action.CANCEL)).content.decode()

    assert "Choose a reason" in page
    assert status_of(appointment) == Status.CONFIRMED


def test_a_doctor_accepts_signed_in(client):
    appointment, notice = asked()
    link = answer_path(notice, Action.ACCEPT)

    signed_out = client.post(link)
    client.force_login(appointment.doctor.user)
    signed_in = client.post(link)

    assert signed_out.url.startswith("/accounts/login/?next=/answers/")
    assert signed_in.status_code == 200
    assert status_of(appointment) == Status.CONFIRMED


def test_a_doctor_declines_with_a_reason(client):
    appointment, notice = asked()
    client.force_login(appointment.doctor.user)

    client.post(answer_path(notice, Action.DECLINE), {"reason": "doctor_unavailable"})

    assert status_of(appointment) == Status.DECLINED


def test_nobody_else_answers_for_a_doctor(client):
    appointment, notice = asked()
    client.force_login(UserFactory())

    response = client.post(answer_path(notice, Action.ACCEPT))

    assert response.status_code == 404
    assert status_of(appointment) == Status.REQUESTED


def test_a_patient_says_that_they_come_and_the_doctor_sees_it(client):
    appointment, _notice = confirmed()

    page = client.post(answer_path(reminder_of(appointment), Action.CONFIRM)).content.decode()

    assert "The doctor sees that you will come." in page
    assert notice_to(appointment.doctor.user, kind=Kind.COMING).appointment == appointment
    assert status_of(appointment) == Status.CONFIRMED


def test_a_patient_takes_the_time_that_the_doctor_offers(client):
    appointment = requested()
    later = SlotFactory(doctor=appointment.doctor)
    appointment.offer(later, by=appointment.doctor.user, at=timezone.now())
    announced(appointment)
    notice = notice_to(appointment.patient.user, kind=Kind.OFFERED)

    client.post(answer_path(notice, Action.TAKE))

    appointment.refresh_from_db()
    assert (appointment.status, appointment.starts_at) == (Status.CONFIRMED, later.starts_at)


def test_who_no_longer_acts_for_the_patient_answers_no_more(client):
    appointment, _notice = confirmed()
    acting = RepresentationFactory(patient=appointment.patient)
    notice = reminder_of(appointment)
    notice.recipient = acting.user
    notice.save()
    acting.delete()

    response = client.post(answer_path(notice, Action.CANCEL), {"reason": "other"})

    assert response.status_code == 409
    assert status_of(appointment) == Status.CONFIRMED


def test_a_link_of_before_a_move_does_nothing(client):
    appointment, notice = confirmed()
    later = SlotFactory(doctor=appointment.doctor)
    appointment.move(later, by=appointment.patient.user, at=timezone.now())

    response = client.post(answer_path(notice, Action.CANCEL), {"reason": "other"})

    assert response.status_code == 409
    assert "Things have changed" in response.content.decode()
    assert status_of(appointment) == Status.CONFIRMED


def test_a_tampered_or_cut_link_is_a_clear_answer(client):
    _appointment, notice = confirmed()
    link = answer_path(notice, Action.CANCEL)
    other = answer_path(notice, Action.CONFIRM)
    head, _dot, _signature = link.rstrip("/").rpartition(".")
    forged = f"{head}.{other.rstrip('/').rpartition('.')[2]}/"

    pages = [client.get(each) for each in (forged, f"{head}/", "/answers/nothing/")]

    assert [page.status_code for page in pages] == [409, 409, 409]
    assert all("This link is not complete, or too old" in page.content.decode() for page in pages)


def test_a_link_ends_with_the_visit(client):
    appointment, notice = confirmed()
    link = answer_path(notice, Action.CANCEL)

    with time_machine.travel(appointment.ends_at + timedelta(seconds=1)):
        response = client.get(link)

    assert response.status_code == 409


def test_the_page_tells_nobody_where_it_is(client):
    _appointment, notice = confirmed()

    response = client.get(answer_path(notice, Action.CANCEL))

    assert response["Referrer-Policy"] == "strict-origin"
    assert response["Cache-Control"] == "private, no-store"


@pytest.mark.django_db(transaction=True)
def test_two_presses_at_once_are_one_answer():
    appointment, _notice = confirmed()
    reminder = reminder_of(appointment)

    def press(_finger):
        try:
            answer(Notice.objects.with_subjects().get(pk=reminder.pk), Action.CONFIRM, at=timezone.now())
        except RuleViolation as refusal:
            return refusal.code
        finally:
            connections.close_all()
        return "done"

    with ThreadPoolExecutor(4) as pool:
        said = sorted(pool.map(press, range(4)))

    assert said == ["done", "link_used", "link_used", "link_used"]
    assert Answer.objects.filter(notice=reminder).count() == 1
