from typing import Any

from django.core.management.base import BaseCommand, CommandParser
from django.utils import timezone

from clinic.notices.models import Reminder
from clinic.notices.tasks import send_due_reminders


class Command(BaseCommand):
    help = "Queue the reminders that are due. Beat does so every half minute."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("--dry-run", action="store_true", help="count, queue nothing")

    def handle(self, *, dry_run: bool, **options: Any) -> None:
        due = Reminder.objects.due(timezone.now()).count()
        if not dry_run:
            send_due_reminders()
        self.stdout.write(f"{due} reminder(s) due")
