"""The demo's text messages: files beside the mails of the outbox, shown on its page."""

from email.message import EmailMessage

from django.utils import timezone

from clinic.context import portal_clinic
from clinic.notices.outbox import CHANNEL_HEADER, write
from clinic.text import one_line


class Outbox:
    """Sends nothing: it keeps each text as a message of the outbox."""

    def send(self, text: str, *, to: str, name: str) -> str:
        clinic = portal_clinic()
        message = EmailMessage()
        message["From"] = one_line(clinic.name) if clinic else "Clinic portal"
        message["To"] = to
        message["Message-ID"] = f"<{name}@sms>"
        message["Date"] = timezone.now()
        message[CHANNEL_HEADER] = "sms"
        message.set_content(text)
        write(message.as_bytes())
        return name
