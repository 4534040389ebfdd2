"""E-mail, over whatever EMAIL_URL or EMAIL_SERVICE names."""

import smtplib
from contextlib import suppress
from datetime import datetime
from typing import Any

import requests
from anymail.exceptions import (
    AnymailAPIError,
    AnymailConfigurationError,
    AnymailError,
    AnymailRecipientsRefused,
)
from django.core.mail import get_connection
from django.utils import timezone
from django.utils.encoding import punycode
from django.utils.translation import gettext_lazy as _

from clinic.notices.mails import address_of, mail_of
from clinic.notices.models import Delivery, Notice
from clinic.people.models import User

from .base import AddressRefused, Channel, InDoubt, SendRefused, TransientSendError

NOT_THE_MESSAGE = {401, 403, 408, 429}  # our key, or our pace: staff can mend that
NEVER_CONNECTED = (requests.ConnectTimeout, requests.exceptions.SSLError)


class Email(Channel):
    """SMTP and the services that django-anymail knows."""

    name = "email"
    label = _("Email")
    repeats_in_doubt = 1  # one mail too many is better than none

    def address_of(self, notice: Notice) -> str:
        address = address_of(notice)
        return address if "@" in address else ""

    def send(self, delivery: Delivery, *, at: datetime) -> str:
        """Connecting apart from sending: what fails before anything was said can be tried again without a doubt."""
        connection = get_connection()
        try:
            greet(connection)
        except OSError as error:  # the network's errors and smtplib's
            raise TransientSendError(type(error).__name__) from error
        try:
            return hand_over(mail_of(delivery, at=at), connection)
        finally:
            close(connection)

    def note_address(self, notice: Notice, address: str, *, works: bool) -> None:
        if notice.recipient is not None and written_plainly(address) == written_plainly(notice.recipient.email):
            bounced_at = None if works else timezone.now()
            of_address = User.objects.filter(pk=notice.recipient.pk, email=notice.recipient.email)
            of_address.update(email_bounced_at=bounced_at)


CHANNEL = Email()


def written_plainly(address: str) -> str:
    """`address` in one spelling: services write capitals as they like, and domains of other alphabets as mail does."""
    name, _at, domain = address.rpartition("@")
    with suppress(UnicodeError):  # where there is no domain
        domain = punycode(domain)
    return f"{name}@{domain}".casefold()


def greet(connection: Any) -> None:
    """Open the line, up to where the mail would begin."""
    connection.open()
    smtp = getattr(connection, "connection", None)
    if isinstance(smtp, smtplib.SMTP):
        smtp.ehlo_or_helo_if_needed()


def hand_over(mail: Any, connection: Any) -> str:
    """Send `mail`; what a service calls it, if it says."""
    mail.connection = connection
    try:
        mail.send()
    except smtplib.SMTPRecipientsRefused as error:
        [(code, _text), *_more] = error.recipients.values()
        refused = TransientSendError if is_passing(code) else AddressRefused
        raise refused(f"{type(error).__name__} {code}") from error
    except smtplib.SMTPResponseException as error:
        raise kind_of(error)(f"{type(error).__name__} {error.smtp_code}") from error
    except AnymailError as error:
        raise kind_of_anymail(error)(describe(error)) from error
    except (smtplib.SMTPNotSupportedError, ValueError) as error:  # an address that cannot be written in a header
        raise SendRefused(type(error).__name__) from error
    except ConnectionRefusedError as error:
        raise TransientSendError(type(error).__name__) from error
    except OSError as error:  # the line broke, with everything said or not
        raise InDoubt(type(error).__name__) from error
    name = getattr(getattr(mail, "anymail_status", None), "message_id", None)
    return "" if name is None else str(name)


def is_passing(code: int) -> bool:
    """4xx answers of a mail server may change, 5xx will not (RFC 5321, 4.2.1)."""
    return 400 <= code < 500


def kind_of(error: smtplib.SMTPResponseException) -> type[Exception]:
    """That the server knows no such sender or password is ours to mend, not the recipient's fault."""
    is_ours = isinstance(error, smtplib.SMTPSenderRefused | smtplib.SMTPAuthenticationError)
    return TransientSendError if is_ours or is_passing(error.smtp_code) else SendRefused


def kind_of_anymail(error: AnymailError) -> type[Exception]:
    """A service that answers has not taken the mail; one that falls silent may have."""
    if isinstance(error, AnymailRecipientsRefused):
        return AddressRefused
    if isinstance(error, (*NEVER_CONNECTED, AnymailConfigurationError)):
        return TransientSendError
    if not isinstance(error, AnymailAPIError):
        return SendRefused
    code = error.status_code
    if code is None:
        return InDoubt
    return SendRefused if 400 <= code < 500 and code not in NOT_THE_MESSAGE else TransientSendError


def describe(error: AnymailError) -> str:
    """Its name and number: the rest may hold addresses."""
    return f"{type(error).__name__} {error.status_code or ''}".strip()


def close(connection: Any) -> None:
    """Say good-bye; a line that broke meanwhile takes nothing back of what was sent."""
    try:
        connection.close()
    except OSError:
        connection.connection = None
