"""A delivery on its way: claimed once, tried again, given up, dropped when it is no longer so."""

import smtplib
from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta

import pytest
import time_machine
from django.core import mail
from django.core.mail.backends.locmem import EmailBackend
from django.db import connections
from django.utils import timezone

from appointments.models import Appointment
from clinic.notices.models import Delivery
from clinic.notices.models.deliveries import MAX_ATTEMPTS
from clinic.notices.tasks import announce_left_over, deliver

from .factories import a_delivery, sweep

pytestmark = pytest.mark.django_db
Status = Delivery.Status


@pytest.fixture
def sending_fails(monkeypatch):
    """Makes every attempt to send end with the given error."""

    def with_error(error):
        def fail(self, messages):
            raise error

        monkeypatch.setattr(EmailBackend, "send_messages", fail)

    return with_error


def test_a_mail_is_sent_once_under_its_message_id():
    delivery = a_delivery()

    sent = [deliver(delivery.pk), deliver(delivery.pk)]

    delivery.refresh_from_db()
    assert sent == [True, False]
    assert [each.extra_headers["Message-ID"] for each in mail.outbox] == [delivery.message_id]
    assert (delivery.status, delivery.attempts) == (Status.SENT, 1)
    assert delivery.sent_at is not None


@pytest.mark.django_db(transaction=True)
def test_workers_at_once_send_once():
    delivery = a_delivery()

    def work(_worker):
        try:
            return deliver(delivery.pk)
        finally:
            connections.close_all()

    with ThreadPoolExecutor(4) as pool:
        sent = list(pool.map(work, range(8)))

    assert sent.count(True) == 1
    assert len(mail.outbox) == 1


@pytest.mark.parametrize(
    "error",
    [
        ConnectionRefusedError(),
        smtplib.SMTPAuthenticationError(535, b"no"),
        smtplib.SMTPSenderRefused(550, b"no", "portal@clinic.example"),
        smtplib.SMTPDataError(451, b"later"),
        smtplib.SMTPRecipientsRefused({"ana@example.org": (450, b"later")}),
    ],
)
def test_what_may_pass_is_tried_again(sending_fails, error):
    delivery = a_delivery()
    sending_fails(error)
    before = timezone.now()

    deliver(delivery.pk)

    delivery.refresh_from_db()
    assert delivery.status == Status.FAILED
    assert type(error).__name__ in delivery.problem
    assert delivery.due_at >= before + timedelta(seconds=30)


@pytest.mark.parametrize(
    "error",
    [
        smtplib.SMTPDataError(554, b"spam"),
        smtplib.SMTPRecipientsRefused({"ana@example.org": (550, b"unknown")}),
        smtplib.SMTPNotSupportedError("SMTPUTF8"),
        ValueError("Invalid address"),
    ],
)
def test_what_was_refused_is_given_up(sending_fails, error):
    delivery = a_delivery()
    sending_fails(error)

    deliver(delivery.pk)

    delivery.refresh_from_db()
    assert delivery.status == Status.DEAD
    assert "ana@example.org" not in delivery.problem


def test_pauses_grow_and_end(sending_fails):
    delivery = a_delivery()
    sending_fails(smtplib.SMTPDataError(451, b"later"))
    pauses = []

    with time_machine.travel(timezone.now(), tick=False):
        for _attempt in range(MAX_ATTEMPTS):
            deliver(delivery.pk)
            delivery.refresh_from_db()
            pauses.append((delivery.due_at - timezone.now()).total_seconds())

    assert pauses[:8] == [30, 60, 120, 240, 480, 960, 1920, 3600]
    assert (delivery.status, delivery.attempts) == (Status.DEAD, MAX_ATTEMPTS)


@pytest.mark.parametrize(
    ("status", "is_due", "expected"),
    [
        (Status.QUEUED, True, Status.QUEUED),
        (Status.FAILED, True, Status.QUEUED),
        (Status.SENDING, True, Status.QUEUED),
        (Status.SENT, True, Status.SENT),
        (Status.DEAD, True, Status.DEAD),
        (Status.QUEUED, False, Status.QUEUED),
        (Status.FAILED, False, Status.FAILED),
        (Status.SENDING, False, Status.SENDING),
    ],
)
def test_the_sweep_takes_up_what_is_due(queued, status, is_due, expected):
    minute = timedelta(minutes=1)
    delivery = a_delivery(status=status, due_at=timezone.now() + (-minute if is_due else minute))

    announce_left_over()

    delivery.refresh_from_db()
    assert delivery.status == expected
    assert queued == ([delivery.pk] if is_due and expected == Status.QUEUED else [])


def test_the_sweep_leaves_alone_what_it_has_just_taken_up(queued):
    delivery = a_delivery(due_at=timezone.now() - timedelta(minutes=1))

    announce_left_over()
    announce_left_over()

    assert queued == [delivery.pk]


def test_a_mail_in_doubt_is_repeated_once(queued):
    delivery = a_delivery(status=Status.SENDING)
    states = []

    for _crash in range(2):
        Delivery.objects.filter(pk=delivery.pk).update(status=Status.SENDING)
        sweep(delivery)
        states.append(delivery.status)

    assert states == [Status.QUEUED, Status.IN_DOUBT]


@pytest.mark.parametrize("error", [TimeoutError(), smtplib.SMTPServerDisconnected("gone"), ConnectionResetError()])
def test_a_mail_whose_line_broke_is_repeated_once(sending_fails, error):
    delivery = a_delivery()
    sending_fails(error)
    states = []

    for _attempt in range(2):
        deliver(delivery.pk)
        delivery.refresh_from_db()
        states.append(delivery.status)

    assert states == [Status.QUEUED, Status.IN_DOUBT]
    assert delivery.problem == type(error).__name__


def test_what_the_service_has_said_meanwhile_ends_the_doubt(monkeypatch, queued):
    delivery = a_delivery()

    def arrive_and_fall_silent(self, messages):
        Delivery.objects.report(status=Status.DELIVERED, address=delivery.address, name=delivery.name)
        raise TimeoutError

    monkeypatch.setattr(EmailBackend, "send_messages", arrive_and_fall_silent)

    deliver(delivery.pk)

    delivery.refresh_from_db()
    assert delivery.status == Status.DELIVERED


def test_an_unforeseen_error_leaves_the_mail_in_doubt(sending_fails):
    delivery = a_delivery()
    sending_fails(RuntimeError("a bug"))

    with pytest.raises(RuntimeError):
        deliver(delivery.pk)

    delivery.refresh_from_db()
    assert delivery.status == Status.SENDING


def test_a_confirmation_that_is_no_longer_so_is_dropped():
    delivery = a_delivery()
    appointment = delivery.notice.appointment
    appointment.cancel(by=appointment.booked_by, reason="other")

    deliver(delivery.pk)

    delivery.refresh_from_db()
    assert delivery.status == Status.DROPPED
    assert mail.outbox == []


@pytest.mark.parametrize(
    ("age", "starts_in", "status"),
    [
        (timedelta(days=2), timedelta(days=-2), Status.SENT),
        (timedelta(days=4), timedelta(days=-4), Status.DROPPED),
        (timedelta(days=4), timedelta(days=2), Status.SENT),
    ],
)
def test_old_news_of_the_past_is_dropped(age, starts_in, status):
    delivery = a_delivery()
    now = timezone.now()
    notice = delivery.notice
    notice.kind, notice.at = notice.Kind.CANCELLED, now - age
    notice.save()
    appointment = notice.appointment
    length = appointment.ends_at - appointment.starts_at
    Appointment.objects.filter(pk=appointment.pk).update(
        status=Appointment.Status.CANCELLED, period=(now + starts_in, now + starts_in + length)
    )

    deliver(delivery.pk)

    delivery.refresh_from_db()
    assert delivery.status == status
