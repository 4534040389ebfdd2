"""E-mail, over whatever EMAIL_URL names."""

import smtplib
from datetime import datetime

from clinic.notices.mails import mail_of
from clinic.notices.models import Delivery

from .errors import SendRefused, TransientSendError


def send(delivery: Delivery, *, at: datetime) -> None:
    """Hand the mail over. Raises TransientSendError or SendRefused."""
    mail = mail_of(delivery.notice, message_id=delivery.message_id, at=at)
    try:
        mail.send()
    except smtplib.SMTPRecipientsRefused as error:
        [(code, _text), *_more] = error.recipients.values()
        raise kind_of(code)(f"{type(error).__name__} {code}") from error
    except smtplib.SMTPDataError as error:
        raise kind_of(error.smtp_code)(f"{type(error).__name__} {error.smtp_code}") from error
    except (smtplib.SMTPNotSupportedError, ValueError) as error:  # an address that cannot be written in a header
        raise SendRefused(type(error).__name__) from error
    except OSError as error:  # the network's errors, and the rest of smtplib's: not the recipient's fault
        raise TransientSendError(type(error).__name__) from error


def kind_of(code: int) -> type[Exception]:
    """4xx answers of a mail server may change, 5xx will not (RFC 5321, 4.2.1)."""
    return TransientSendError if 400 <= code < 500 else SendRefused
