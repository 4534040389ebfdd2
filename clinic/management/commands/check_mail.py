from argparse import ArgumentParser
from typing import Any

from django.conf import settings
from django.core.mail import send_mail
from django.core.management.base import BaseCommand, CommandError
from django.utils.translation import gettext as _


class Command(BaseCommand):
    help = "Send one test message to an address, as all other mail is sent."

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("address")
        parser.add_argument("--dry-run", action="store_true", help="say from whom it would come, send nothing")

    def handle(self, *, address: str, dry_run: bool, **options: Any) -> None:
        if dry_run:
            self.stdout.write(f"A message to {address} would be sent from {settings.DEFAULT_FROM_EMAIL}.")
            return
        words = _("This is a test. Mail from the portal at %(url)s reaches you.") % {"url": settings.PUBLIC_URL}
        try:
            send_mail(_("Test message"), words, None, [address])
        except OSError as error:  # smtplib's errors are OSErrors
            raise CommandError(f"The mail server did not take it ({error}). See EMAIL_URL.") from error
        self.stdout.write(f"Sent to {address} from {settings.DEFAULT_FROM_EMAIL}. Look whether it arrives, and where.")
