from argparse import ArgumentParser
from typing import Any

from django.core.management.base import BaseCommand
from django.utils import timezone

from televisit.models import Visit


class Command(BaseCommand):
    help = "Close the rooms of visits whose time is over. Beat does so every 15 seconds."

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("--dry-run", action="store_true", help="count, close nothing")

    def handle(self, *, dry_run: bool, **options: Any) -> None:
        now = timezone.now()
        due = list(Visit.objects.with_parties().due_to_close(now))
        done = len(due) if dry_run else sum(visit.expire(at=now) for visit in due)
        self.stdout.write(f"{done} room(s) {'would close' if dry_run else 'closed'}")
