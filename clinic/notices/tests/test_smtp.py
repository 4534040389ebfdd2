"""Mails over a real SMTP server: what arrives, and what becomes of a delivery when server or sender fail midway."""

import os
import subprocess
import sys
from pathlib import Path

import icalendar
import pytest
from django.db import connection

from clinic.notices.models import Delivery
from clinic.notices.tasks import deliver

from .factories import a_delivery, sweep
from .smtp import answers_at, drops_at, is_slow_at, kills_at, no_trouble, smtp_server

Status = Delivery.Status
ROOT = Path(__file__).parents[3]
SENDER = """
import os, django
django.setup()
from django.conf import settings
settings.EMAIL_BACKEND = "django.core.mail.backends.smtp.EmailBackend"
settings.EMAIL_HOST, settings.EMAIL_PORT = "127.0.0.1", int(os.environ["SMTP_PORT"])
from clinic.notices.tasks import deliver
deliver(int(os.environ["DELIVERY"]))
"""


def status_of(delivery):
    return Delivery.objects.get(pk=delivery.pk).status


@pytest.mark.django_db
def test_the_mail_arrives_with_its_parts(settings):
    delivery = a_delivery()

    with smtp_server(settings) as server:
        deliver(delivery.pk)

    [mail] = server.messages
    assert (status_of(delivery), mail["Message-ID"]) == (Status.SENT, delivery.message_id)
    assert "Your visit is confirmed" in mail.get_body(("plain",)).get_content()
    assert "<h1>Your visit is confirmed</h1>" in mail.get_body(("html",)).get_content()
    [file] = mail.iter_attachments()
    [event] = icalendar.Calendar.from_ical(file.get_content()).walk("VEVENT")
    assert event.start == delivery.notice.appointment.starts_at


@pytest.mark.django_db
@pytest.mark.parametrize(
    ("address", "received"),
    [("ana+visits@example.org", "ana+visits@example.org"), ("ana@bücher.example", "ana@xn--bcher-kva.example")],
)
def test_unusual_addresses_arrive(settings, address, received):
    delivery = a_delivery()
    delivery.notice.recipient.email = address
    delivery.notice.recipient.save()

    with smtp_server(settings) as server:
        deliver(delivery.pk)

    assert [mail["To"] for mail in server.messages] == [received]


@pytest.mark.django_db
def test_a_name_cannot_add_a_header(settings):
    delivery = a_delivery()
    clinic = delivery.notice.appointment.clinic
    clinic.name = "Evil\r\nBcc: all@evil.example\r\n" + "x" * 80
    clinic.save()

    with smtp_server(settings) as server:
        deliver(delivery.pk)

    [mail] = server.messages
    assert mail["Bcc"] is None
    assert len(mail["From"]) < 150


@pytest.mark.django_db
@pytest.mark.parametrize("step", ["RCPT", "accepted"])
def test_a_line_that_breaks_costs_one_repeat_under_the_same_message_id(settings, queued, step):
    delivery = a_delivery()

    with smtp_server(settings, drops_at(step)) as server:
        deliver(delivery.pk)
        sweep(delivery)
        deliver(delivery.pk)
        sweep(delivery)

    assert (queued, delivery.status) == ([delivery.pk], Status.IN_DOUBT)
    assert {mail["Message-ID"] for mail in server.messages} <= {delivery.message_id}
    assert len(server.messages) == (2 if step == "accepted" else 0)


@pytest.mark.django_db
def test_a_server_that_hangs_up_at_the_door_costs_no_repeat(settings):
    delivery = a_delivery()

    with smtp_server(settings, drops_at("EHLO")):
        deliver(delivery.pk)

    assert status_of(delivery) == Status.FAILED
    assert Delivery.objects.get(pk=delivery.pk).repeats == 0


@pytest.mark.django_db
@pytest.mark.parametrize(("answer", "status"), [("450 later", Status.FAILED), ("550 nobody here", Status.DEAD)])
def test_an_address_that_is_refused_is_marked_if_it_is_for_good(settings, answer, status):
    delivery = a_delivery()

    with smtp_server(settings, answers_at("RCPT", answer)):
        deliver(delivery.pk)

    delivery.notice.recipient.refresh_from_db()
    assert status_of(delivery) == status
    assert (delivery.notice.recipient.email_bounced_at is not None) == (status == Status.DEAD)


@pytest.mark.django_db
def test_a_server_that_is_too_slow_leaves_a_doubt(settings):
    delivery = a_delivery()

    with smtp_server(settings, is_slow_at("accepted")):
        deliver(delivery.pk)

    delivery.refresh_from_db()
    assert (delivery.status, delivery.repeats) == (Status.QUEUED, 1)


@pytest.mark.django_db(transaction=True)
@pytest.mark.parametrize(("step", "copies"), [("EHLO", 1), ("RCPT", 1), ("accepted", 2)], ids=str)
def test_a_sender_that_is_killed_costs_at_most_one_repeat(settings, queued, step, copies):
    delivery = a_delivery()
    senders = []

    with smtp_server(settings, kills_at(step, lambda: senders[0].pid)) as server:
        senders.append(start_sender(delivery, settings.EMAIL_PORT))
        assert senders[0].wait(60) == -9
        assert status_of(delivery) == Status.SENDING
        server.trouble = no_trouble
        sweep(delivery)
        assert queued == [delivery.pk]
        deliver(delivery.pk)

    assert status_of(delivery) == Status.SENT
    assert [mail["Message-ID"] for mail in server.messages] == [delivery.message_id] * copies


def start_sender(delivery, port):
    """A process of its own that sends `delivery`."""
    server, _slash, _name = os.environ["DATABASE_URL"].rpartition("/")
    variables = {
        "DATABASE_URL": f"{server}/{connection.settings_dict['NAME']}",
        "DJANGO_SETTINGS_MODULE": "clinic.settings",
        "SMTP_PORT": str(port),
        "DELIVERY": str(delivery.pk),
    }
    return subprocess.Popen([sys.executable, "-c", SENDER], cwd=ROOT, env={**os.environ, **variables})
