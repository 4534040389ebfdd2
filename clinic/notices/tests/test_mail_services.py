"""Mail over services: their answers, and what they tell us later."""

import base64
import json

import pytest
import requests
from anymail.exceptions import AnymailRecipientsRefused, AnymailRequestsAPIError, AnymailUnsupportedFeature
from django.core import mail

from clinic.notices.channels import AddressRefused, InDoubt, SendRefused, TransientSendError
from clinic.notices.channels.email import kind_of_anymail
from clinic.notices.models import Delivery
from clinic.notices.tasks import deliver

from .factories import a_delivery

pytestmark = pytest.mark.django_db
Status = Delivery.Status
SECRET = "portal:secret"


def response(status):
    made = requests.Response()
    made.status_code = status
    return made


class Timeout(AnymailRequestsAPIError, requests.ReadTimeout):
    """As anymail makes them."""


class NotConnected(AnymailRequestsAPIError, requests.ConnectTimeout):
    """As anymail makes them."""


@pytest.mark.parametrize(
    ("error", "kind"),
    [
        (AnymailRecipientsRefused(), AddressRefused),
        (AnymailUnsupportedFeature(), SendRefused),
        (AnymailRequestsAPIError(response=response(400)), SendRefused),
        (AnymailRequestsAPIError(response=response(422)), SendRefused),
        (AnymailRequestsAPIError(response=response(401)), TransientSendError),
        (AnymailRequestsAPIError(response=response(429)), TransientSendError),
        (AnymailRequestsAPIError(response=response(503)), TransientSendError),
        (NotConnected(), TransientSendError),
        (Timeout(), InDoubt),
    ],
)
def test_what_a_services_error_means(error, kind):
    assert kind_of_anymail(error) is kind


def test_a_service_is_told_our_name_for_the_mail_and_follows_nobody(settings):
    settings.EMAIL_BACKEND = "anymail.backends.test.EmailBackend"
    delivery = a_delivery()

    deliver(delivery.pk)

    delivery.refresh_from_db()
    sent = mail.outbox[0].anymail_test_params
    assert sent["metadata"] == {"delivery": delivery.name}
    assert (sent["track_opens"], sent["track_clicks"]) == (False, False)
    assert (delivery.status, delivery.provider_id) == (Status.SENT, "0")


@pytest.fixture
def postmark(settings):
    settings.EMAIL_SERVICE = "postmark"
    settings.ANYMAIL = {"WEBHOOK_SECRET": SECRET}


def tell(client, event, *, secret=SECRET):
    header = base64.b64encode(secret.encode()).decode()
    return client.post(
        "/webhooks/mail/",
        json.dumps(event),
        content_type="application/json",
        headers={"Authorization": f"Basic {header}"},
    )


def bounce(delivery, **facts):
    return {
        "RecordType": "Bounce",
        "ID": 1,
        "Type": "HardBounce",
        "TypeCode": 1,
        "MessageID": "m1",
        "Email": delivery.notice.recipient.email,
        "BouncedAt": "2026-11-20T10:00:00Z",
        "Metadata": {"delivery": delivery.name},
        **facts,
    }


def test_a_bounce_marks_the_address(client, postmark):
    delivery = a_delivery(status=Status.SENT)

    answer = tell(client, bounce(delivery))

    delivery.refresh_from_db()
    delivery.notice.recipient.refresh_from_db()
    assert (answer.status_code, delivery.status) == (200, Status.BOUNCED)
    assert delivery.notice.recipient.email_bounced_at is not None


def test_a_mail_is_found_by_the_services_name_too(client, postmark):
    delivery = a_delivery(status=Status.SENT, provider_id="m1")
    event = {
        "RecordType": "Delivery",
        "MessageID": "m1",
        "Recipient": "a@example.org",
        "DeliveredAt": "2026-11-20T10:00:00Z",
    }

    tell(client, event)

    delivery.refresh_from_db()
    assert delivery.status == Status.DELIVERED


def test_an_address_that_works_again_is_no_longer_marked(client, postmark):
    delivery = a_delivery(status=Status.SENT, provider_id="m1")
    user = delivery.notice.recipient
    user.email_bounced_at = user.date_joined
    user.save()
    event = {
        "RecordType": "Delivery",
        "MessageID": "m1",
        "Recipient": user.email.upper(),
        "DeliveredAt": "2026-11-20T10:00:00Z",
    }

    tell(client, event)

    user.refresh_from_db()
    assert user.email_bounced_at is None


@pytest.mark.parametrize(
    ("stored", "reported", "is_marked"),
    [
        ("ana@example.org", "ana@example.org", True),
        ("ana@b\u00fccher.example", "Ana@xn--bcher-kva.example", True),
        ("new@example.org", "ana@example.org", False),
        ("new@example.org", "", False),
    ],
)
def test_a_late_bounce_marks_only_the_address_that_it_speaks_of(client, postmark, stored, reported, is_marked):
    delivery = a_delivery(status=Status.SENT)
    user = delivery.notice.recipient
    user.email = stored
    user.save()

    tell(client, bounce(delivery, Email=reported))

    user.refresh_from_db()
    delivery.refresh_from_db()
    assert delivery.status == Status.BOUNCED
    assert (user.email_bounced_at is not None) == is_marked


def test_what_we_do_not_know_changes_nothing(client, postmark):
    delivery = a_delivery(status=Status.SENT)

    answer = tell(client, bounce(delivery, Metadata={}, MessageID="another"))

    delivery.refresh_from_db()
    assert (answer.status_code, delivery.status) == (200, Status.SENT)


def test_a_call_without_our_secret_is_refused(client, postmark):
    delivery = a_delivery(status=Status.SENT)

    answer = tell(client, bounce(delivery), secret="portal:guessed")

    delivery.refresh_from_db()
    assert (answer.status_code, delivery.status) == (400, Status.SENT)


@pytest.mark.parametrize(("service", "secret"), [("", SECRET), ("postmark", ""), ("unknown", SECRET)])
def test_without_service_or_secret_there_is_no_such_address(client, settings, service, secret):
    settings.EMAIL_SERVICE, settings.ANYMAIL = service, {"WEBHOOK_SECRET": secret}

    assert tell(client, {}).status_code == 404
