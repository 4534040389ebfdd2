"""Text messages, by the service that the settings name."""

from datetime import datetime

from django.conf import settings
from django.utils import timezone
from django.utils.module_loading import import_string
from django.utils.translation import gettext_lazy as _

from clinic.notices.models import Delivery, Notice
from clinic.notices.sms.base import SmsService
from clinic.notices.texts import number_of, text_of
from clinic.people.models import User

from .base import Channel


class Sms(Channel):
    """Never repeated in doubt: staff are shown what perhaps was sent."""

    name = "sms"
    label = _("Text message")

    def address_of(self, notice: Notice) -> str:
        return number_of(notice) if settings.SMS_SERVICE else ""

    def send(self, delivery: Delivery, *, at: datetime) -> str:
        service: SmsService = import_string(settings.SMS_SERVICE)()
        return service.send(text_of(delivery), to=number_of(delivery.notice), name=delivery.name)

    def note_address(self, notice: Notice, address: str, *, works: bool) -> None:
        if notice.recipient is not None and address == number_of(notice):
            failed_at = None if works else timezone.now()
            of_number = User.objects.filter(pk=notice.recipient.pk, phone=notice.recipient.phone)
            of_number.update(phone_failed_at=failed_at)


CHANNEL = Sms()
