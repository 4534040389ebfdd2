"""Twilio's messages: one call of its API, and what it calls us back with."""

import base64
import hmac
from hashlib import sha1
from urllib.parse import urlencode

import httpx
from django.conf import settings
from django.http import QueryDict
from django.urls import reverse

from clinic.notices.channels.base import AddressRefused, InDoubt, SendRefused, TransientSendError

TIMEOUT = httpx.Timeout(10, connect=3)
NOT_THE_MESSAGE = {401, 403, 429}  # our token, or our pace
BAD_NUMBERS = {21211, 21610, 21614}  # not a number, opted out, no mobile


class Twilio:
    """https://www.twilio.com/docs/messaging/api/message-resource"""

    def send(self, text: str, *, to: str, name: str) -> str:
        sender = settings.TWILIO_FROM
        kind = "MessagingServiceSid" if sender.startswith("MG") else "From"
        fields = {"To": to, kind: sender, "Body": text, "StatusCallback": callback_url(name)}
        response = self.post(fields)
        refuse_error(response)
        return str(response.json().get("sid", ""))

    def post(self, fields: dict[str, str]) -> httpx.Response:
        account = settings.TWILIO_ACCOUNT_SID
        url = f"{settings.TWILIO_API_URL}/2010-04-01/Accounts/{account}/Messages.json"
        try:
            return httpx.post(url, data=fields, auth=(account, settings.TWILIO_AUTH_TOKEN), timeout=TIMEOUT)
        except (httpx.ConnectError, httpx.ConnectTimeout) as error:
            raise TransientSendError(type(error).__name__) from error
        except httpx.HTTPError as error:  # it was on its way
            raise InDoubt(type(error).__name__) from error


def refuse_error(response: httpx.Response) -> None:
    """Raise what an answer means that is no success. The service has no keys against repeats: a 5xx is a doubt."""
    status = response.status_code
    if status < 300:
        return
    if status >= 500:
        raise InDoubt(f"HTTP {status}")
    code = error_code(response)
    if code in BAD_NUMBERS:
        raise AddressRefused(f"Twilio {code}")
    raise (TransientSendError if status in NOT_THE_MESSAGE else SendRefused)(f"HTTP {status}, Twilio {code}")


def error_code(response: httpx.Response) -> int | None:
    try:
        return response.json().get("code")
    except ValueError:
        return None


def callback_url(name: str) -> str:
    """Where Twilio says what became of the message that we call `name`."""
    return f"{settings.PUBLIC_URL}{reverse('notices:twilio')}?{urlencode({'delivery': name})}"


def signature(url: str, fields: QueryDict, *, token: str) -> str:
    """What the header X-Twilio-Signature must be for a call of `url` with these form fields.

    Source: https://www.twilio.com/docs/usage/webhooks/webhooks-security
    """
    pairs = [name + value for name in sorted(fields) for value in sorted(set(fields.getlist(name)))]
    digest = hmac.new(token.encode(), (url + "".join(pairs)).encode(), sha1).digest()
    return base64.b64encode(digest).decode()


def is_genuine(url: str, fields: QueryDict, *, signed: str) -> bool:
    token = settings.TWILIO_AUTH_TOKEN
    return bool(token) and hmac.compare_digest(signature(url, fields, token=token), signed)
