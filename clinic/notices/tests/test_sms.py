"""Text messages: Twilio's calls and callbacks, numbers in every form, and never a second one in doubt."""

import json
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, HTTPServer
from threading import Thread
from urllib.parse import parse_qs, urlsplit

import pytest
from django.http import QueryDict

from appointments.tests.factories import booked
from clinic.notices.models import Delivery, Kind, Notice
from clinic.notices.outbox import letters
from clinic.notices.sms.twilio import signature
from clinic.notices.tasks import deliver
from clinic.notices.texts import number_of
from clinic.people.tests.factories import PatientFactory

from .factories import announced, sweep

pytestmark = pytest.mark.django_db
Status = Delivery.Status
PHONE = "+351 912 345 678"


@contextmanager
def twilio(settings, *, status=201, body=None, hangs_up=False):
    """A server that answers as Twilio does. Gives the calls it gets."""
    calls = []

    class Answer(BaseHTTPRequestHandler):
        def do_POST(self):
            fields = parse_qs(self.rfile.read(int(self.headers["Content-Length"])).decode())
            calls.append((self.path, self.headers["Authorization"], {name: value[0] for name, value in fields.items()}))
            if hangs_up:
                self.connection.close()
                return
            self.send_response(status)
            self.end_headers()
            self.wfile.write(json.dumps(body or {"sid": "SM1"}).encode())

        def log_message(self, *arguments):
            pass

    server = HTTPServer(("127.0.0.1", 0), Answer)
    Thread(target=server.serve_forever, daemon=True).start()
    settings.SMS_SERVICE = "clinic.notices.sms.twilio.Twilio"
    settings.TWILIO_ACCOUNT_SID, settings.TWILIO_AUTH_TOKEN, settings.TWILIO_FROM = "AC1", "12345", "+15005550001"
    settings.TWILIO_API_URL = f"http://127.0.0.1:{server.server_port}"
    try:
        yield calls
    finally:
        server.shutdown()
        server.server_close()


def an_sms(**facts):
    """The text message about a visit that was just cancelled."""
    patient = PatientFactory(user__phone=PHONE)
    appointment = booked(patient=patient)
    appointment.cancel(by=patient.user, reason="other")
    announced(appointment)
    found = {"notice__recipient": patient.user, "notice__kind": Kind.CANCELLED, "channel": "sms"}
    Delivery.objects.filter(**found).update(**facts)
    return Delivery.objects.get(**found)


def report(client, delivery, settings, *, token="12345", **fields):
    """Twilio's callback."""
    settings.TWILIO_AUTH_TOKEN = "12345"
    query = QueryDict(mutable=True)
    query.update(fields)
    path = f"/webhooks/twilio/?delivery={delivery.name}"
    signed = signature(settings.PUBLIC_URL + path, query, token=token)
    return client.post(path, fields, headers={"X-Twilio-Signature": signed})


def test_a_message_goes_to_twilio_with_our_account(settings):
    delivery = an_sms()

    with twilio(settings) as calls:
        deliver(delivery.pk)

    delivery.refresh_from_db()
    [(path, authorization, fields)] = calls
    assert (delivery.status, delivery.provider_id) == (Status.SENT, "SM1")
    assert path == "/2010-04-01/Accounts/AC1/Messages.json"
    assert authorization.startswith("Basic ")
    assert (fields["To"], fields["From"]) == ("+351912345678", "+15005550001")
    assert "The visit is cancelled" in fields["Body"]
    assert parse_qs(urlsplit(fields["StatusCallback"]).query) == {"delivery": [delivery.name]}


def test_a_messaging_service_may_stand_for_the_number(settings):
    delivery = an_sms()

    with twilio(settings) as calls:
        settings.TWILIO_FROM = "MG1"
        deliver(delivery.pk)

    assert calls[0][2]["MessagingServiceSid"] == "MG1"


@pytest.mark.parametrize(
    ("status", "code", "expected", "is_marked"),
    [
        (400, 21211, Status.DEAD, True),
        (400, 21610, Status.DEAD, True),
        (400, 21602, Status.DEAD, False),
        (401, 20003, Status.FAILED, False),
        (429, 20429, Status.FAILED, False),
        (500, None, Status.IN_DOUBT, False),
    ],
)
def test_what_twilio_answers(settings, status, code, expected, is_marked):
    delivery = an_sms()

    with twilio(settings, status=status, body={"code": code, "message": "Number +351912345678"}):
        deliver(delivery.pk)

    delivery.refresh_from_db()
    delivery.notice.recipient.refresh_from_db()
    assert delivery.status == expected
    assert (delivery.notice.recipient.phone_failed_at is not None) == is_marked
    assert "912345678" not in delivery.problem


def test_twilio_away_is_tried_again(settings):
    delivery = an_sms()
    settings.SMS_SERVICE = "clinic.notices.sms.twilio.Twilio"
    settings.TWILIO_API_URL = "http://127.0.0.1:9"

    deliver(delivery.pk)

    delivery.refresh_from_db()
    assert (delivery.status, delivery.problem) == (Status.FAILED, "ConnectError")


def test_a_message_in_doubt_is_never_repeated(settings, queued):
    delivery = an_sms()

    with twilio(settings, hangs_up=True) as calls:
        deliver(delivery.pk)
        sweep(delivery)
        deliver(delivery.pk)

    assert (delivery.status, queued, len(calls)) == (Status.IN_DOUBT, [], 1)


def test_a_message_whose_worker_was_killed_is_shown_and_not_repeated(queued):
    delivery = an_sms(status=Status.SENDING)

    sweep(delivery)

    assert (delivery.status, delivery.problem, queued) == (Status.IN_DOUBT, "its worker ended", [])


def test_the_demo_keeps_messages_beside_its_mails(settings, tmp_path):
    settings.EMAIL_OUTBOX = tmp_path
    settings.SMS_SERVICE = "clinic.notices.sms.outbox.Outbox"

    deliver(an_sms().pk)

    [letter] = letters()
    assert letter.is_sms
    assert letter.recipients == "+351912345678"
    assert "The visit is cancelled" in letter.subject


@pytest.mark.parametrize(
    ("token", "url", "fields", "signed"),
    [
        (  # twilio-python, tests/unit/test_request_validator.py
            "12345",
            "https://mycompany.com/myapp.php?foo=1&bar=2",
            "CallSid=CA1234567890ABCDE&Caller=%2B14158675309&Digits=1234&From=%2B14158675309&To=%2B18005551212",
            "RSOYDt4T1cUTdK1PDd93/VVr8B8=",
        ),
        (  # made with Twilio's own validator
            "12345",
            "https://clinic.example/hooks/twilio/status/",
            "AccountSid=AC00000000000000000000000000000001&ApiVersion=2010-04-01&From=%2B15005550001"
            "&MessageSid=SM00000000000000000000000000000001&MessageStatus=delivered&To=%2B15005550006",
            "ddPwe+GW2xc5YXzWVvTwVYhld3A=",
        ),
    ],
)
def test_signatures_are_twilios(token, url, fields, signed):
    assert signature(url, QueryDict(fields), token=token) == signed


@pytest.mark.parametrize(
    ("before", "said", "after"),
    [
        (Status.SENT, "delivered", Status.DELIVERED),
        (Status.SENT, "undelivered", Status.BOUNCED),
        (Status.SENDING, "delivered", Status.DELIVERED),
        (Status.IN_DOUBT, "sent", Status.SENT),
        (Status.DELIVERED, "sent", Status.DELIVERED),
        (Status.BOUNCED, "delivered", Status.BOUNCED),
        (Status.SENT, "queued", Status.SENT),
    ],
)
def test_what_became_of_a_message_is_recorded_and_never_goes_back(client, settings, before, said, after):
    delivery = an_sms(status=before)

    response = report(client, delivery, settings, MessageSid="SM1", MessageStatus=said)

    delivery.refresh_from_db()
    assert (response.status_code, delivery.status) == (204, after)


def test_a_number_that_fails_is_marked_and_one_that_works_is_not(client, settings):
    delivery = an_sms(status=Status.SENT)
    user = delivery.notice.recipient

    to = number_of(delivery.notice)
    report(client, delivery, settings, MessageStatus="undelivered", ErrorCode="30005", To=to)

    user.refresh_from_db()
    delivery.refresh_from_db()
    assert user.phone_failed_at is not None
    assert delivery.problem == "Twilio 30005"


def test_a_late_report_does_not_mark_a_number_that_is_new(client, settings):
    delivery = an_sms(status=Status.SENT)
    user, to = delivery.notice.recipient, number_of(delivery.notice)
    user.phone = "+351 913 333 333"
    user.save()

    report(client, delivery, settings, MessageStatus="undelivered", To=to)

    user.refresh_from_db()
    assert user.phone_failed_at is None


def test_a_call_that_twilio_did_not_sign_is_refused(client, settings):
    delivery = an_sms(status=Status.SENT)

    forged = report(client, delivery, settings, token="guessed", MessageStatus="undelivered")
    unsigned = client.post("/webhooks/twilio/", {"MessageStatus": "undelivered"})

    delivery.refresh_from_db()
    assert (forged.status_code, unsigned.status_code, delivery.status) == (403, 403, Status.SENT)


def test_nobody_signs_with_a_token_that_is_not_set(client, settings):
    settings.TWILIO_AUTH_TOKEN = ""
    signed = signature(f"{settings.PUBLIC_URL}/webhooks/twilio/", QueryDict("a=b"), token="")

    response = client.post("/webhooks/twilio/", {"a": "b"}, headers={"X-Twilio-Signature": signed})

    assert response.status_code == 403


@pytest.mark.parametrize(
    ("typed", "number"),
    [
        ("+351 912 345 678", "+351912345678"),
        ("+351912345678", "+351912345678"),
        ("+351-912.345(678)", "+351912345678"),
        ("+1 (415) 555-2671", "+14155552671"),
        ("tel:+44 20 7946 0958", "+442079460958"),
        ("912345678", ""),
        ("", ""),
        ("+", ""),
        ("+99999999999999999999", ""),
        ("+351 912 345 678\r\nBcc: x", ""),
        ("ana@example.org", ""),
    ],
)
def test_numbers_in_every_form(typed, number):
    guest = Notice(kind=Kind.INVITATION, side="guest", address=typed)

    assert number_of(guest) == number
